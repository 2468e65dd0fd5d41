// SPDX-License-Identifier: MIT
// Terminal: colours where there is someone to see them, paragraphs, and text that is safe to show.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>

#if __has_include(<unistd.h>)
#include <unistd.h>
#endif

namespace storyteller {

/// Whether standard output is a terminal.
inline bool on_terminal() {
#if __has_include(<unistd.h>)
  return isatty(STDOUT_FILENO) == 1;
#else
  return false;
#endif
}

/// Colours only on a terminal that knows them, and not if NO_COLOR is set (https://no-color.org).
inline bool colours_wanted() {
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  const bool refused = no_color != nullptr && *no_color != '\0';
  const bool able = term != nullptr && std::string_view(term) != "dumb";
  return on_terminal() && able && !refused;
}

/// Marks up text; without colours it leaves everything as it is.
class Style {
 public:
  explicit Style(bool colours) : colours_(colours) {}

  [[nodiscard]] std::string bold(std::string_view text) const { return marked("1", text); }
  [[nodiscard]] std::string faint(std::string_view text) const { return marked("2", text); }
  [[nodiscard]] std::string red(std::string_view text) const { return marked("31", text); }
  [[nodiscard]] std::string green(std::string_view text) const { return marked("32", text); }
  [[nodiscard]] std::string yellow(std::string_view text) const { return marked("33", text); }
  [[nodiscard]] std::string blue(std::string_view text) const { return marked("36", text); }

 private:
  [[nodiscard]] std::string marked(std::string_view code, std::string_view text) const {
    if (!colours_) return std::string(text);
    return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
  }

  bool colours_;
};

/// A model can say any byte. What a terminal would obey, rather than show, becomes a '?'.
inline std::string shown(std::string_view text) {
  std::string safe(text);
  for (char& c : safe)
    if ((c >= 0 && c < ' ' && c != '\n' && c != '\t') || c == '\x7f') c = '?';
  return safe;
}

/// How many columns a text takes: its UTF-8 characters.
inline std::size_t width(std::string_view text) {
  std::size_t characters = 0;
  for (const char c : text) characters += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return characters;
}

/// Spaces up to a width, behind a text or before it.
inline std::string padded(std::string text, std::size_t columns) {
  return text + std::string(columns - std::min(columns, width(text)), ' ');
}
inline std::string padded_left(std::string text, std::size_t columns) {
  return std::string(columns - std::min(columns, width(text)), ' ') + text;
}

/// The words of a text in lines of at most `columns`, every line behind `margin`.
inline std::string paragraph(std::string_view text, std::string_view margin = "    ",
                             std::size_t columns = 92) {
  std::string lines, line;
  const auto finish = [&] {
    if (!line.empty()) lines += std::string(margin) + line + '\n';
    line.clear();
  };
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" \n"), text.size());
    const std::string_view word = text.substr(0, end);
    if (!line.empty() && width(margin) + width(line) + 1 + width(word) > columns) finish();
    if (!word.empty()) line += (line.empty() ? "" : " ") + std::string(word);
    if (end < text.size() && text[end] == '\n') finish();
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  finish();
  return lines;
}

}  // namespace storyteller
