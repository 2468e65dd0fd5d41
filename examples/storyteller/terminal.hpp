// SPDX-License-Identifier: MIT
// Terminal: colours where there is someone to see them, paragraphs, and text that is safe to show.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdio>
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

// --- Marked text: a terminal shows the marks as colours. They do not nest. ---

inline std::string marked(std::string_view mark, std::string_view text) {
  if (text.empty()) return {};
  return "\x1b[" + std::string(mark) + "m" + std::string(text) + "\x1b[0m";
}
inline std::string bold(std::string_view text) { return marked("1", text); }
inline std::string faint(std::string_view text) { return marked("2", text); }
inline std::string red(std::string_view text) { return marked("31", text); }
inline std::string green(std::string_view text) { return marked("32", text); }
inline std::string blue(std::string_view text) { return marked("36", text); }

/// Calls f(mark, stretch) for each stretch of marked text; what is not marked has the mark "".
template <class F>
void for_each_stretch(std::string_view text, const F& f) {
  std::string_view mark;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\x1b'), text.size());
    if (end > 0) f(mark, text.substr(0, end));
    text.remove_prefix(end);
    if (text.empty()) return;
    const std::size_t close = text.find('m');  // of "\x1b[31m"
    mark = text.substr(2, close - 2);
    if (mark == "0") mark = {};
    text.remove_prefix(close + 1);
  }
}

/// The text without its marks.
inline std::string plain(std::string_view text) {
  std::string result;
  for_each_stretch(text, [&](std::string_view, std::string_view stretch) { result += stretch; });
  return result;
}

// --- Text of a model, which can be any bytes ---

/// Whether a byte goes on with a character of UTF-8, rather than begin one.
inline bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// The length of the UTF-8 character at the front of `text`; 0 if there is none, or one that a
/// terminal would obey rather than show (C0 but newline and tab, DEL, C1), or that XML forbids.
inline std::size_t safe_character(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return (first >= ' ' && first != 0x7F) || first == '\n' || first == '\t';
  const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if (!continues(text[i])) return 0;
  const unsigned second = byte(1);
  const bool bad = (first == 0xC2 && second < 0xA0) ||                 // C1
                   (first == 0xE0 && second < 0xA0) ||                 // longer than need be
                   (first == 0xF0 && second < 0x90) ||                 // longer than need be
                   (first == 0xF4 && second >= 0x90) ||                // beyond U+10FFFF
                   (first == 0xED && second >= 0xA0) ||                // half a pair of UTF-16
                   (text.starts_with("\xEF\xBF") && byte(2) >= 0xBE);  // U+FFFE and U+FFFF
  return bad ? 0 : length;
}

/// The text with a '?' for each byte that is not part of a safe character.
inline std::string shown(std::string_view text) {
  std::string safe;
  while (!text.empty()) {
    const std::size_t length = safe_character(text);
    safe += length == 0 ? "?" : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return safe;
}

/// How many bytes at the end of `text` begin a character whose other bytes may still come.
inline std::size_t unfinished(std::string_view text) {
  for (std::size_t n = 1; n <= std::min<std::size_t>(3, text.size()); ++n) {
    const char c = text[text.size() - n];
    if (continues(c)) continue;
    const auto first = static_cast<unsigned char>(c);
    const std::size_t length = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    return length > n ? n : 0;
  }
  return 0;
}

// --- Columns and lines ---

inline std::string fixed(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", number);
  return text;
}

/// How many columns a marked text takes: its characters.
inline std::size_t width(std::string_view text) {
  std::size_t characters = 0;
  for (const char c : plain(text)) characters += !continues(c);
  return characters;
}

/// Spaces up to a width, behind a text or before it.
inline std::string padded(std::string text, std::size_t columns) {
  return text + std::string(columns - std::min(columns, width(text)), ' ');
}
inline std::string padded_left(std::string text, std::size_t columns) {
  return std::string(columns - std::min(columns, width(text)), ' ') + text;
}

/// The end of a text that has no marks, in one line of at most `columns`, behind "..." if it is
/// not the whole.
inline std::string tail(std::string text, std::size_t columns) {
  std::replace_if(text.begin(), text.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  if (width(text) <= columns) return text;
  std::size_t begin = text.size();
  for (std::size_t left = columns - 3; left > 0;) left -= !continues(text[--begin]);
  return "..." + text.substr(begin);
}

/// The words of a text in lines of at most `columns`, every line behind `margin`.
inline std::string paragraph(std::string_view text, std::string_view margin = "    ",
                             std::size_t columns = 96) {
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
