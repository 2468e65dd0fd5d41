// SPDX-License-Identifier: MIT
// Picture: marked text as an SVG, for where there is no terminal.
#pragma once

#include "terminal.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace storyteller {

/// Text and bars on a dark ground, placed by column and line. A column is 8 pixels wide: an eighth
/// of a bar's column is a pixel. All numbers are whole, so the same text gives the same bytes.
class Picture {
 public:
  /// Text in one mark. The font is whatever the reader has, but the columns are kept. A title is
  /// what a browser shows under the pointer.
  void write(std::size_t column, std::size_t line, std::string_view mark, std::string_view text,
             std::string_view title = {}) {
    const std::size_t columns = width(text);
    if (columns == 0) return;
    extend(column + columns, line);
    elements_ += "<text" + attribute("x", x(column)) + attribute("y", y(line) + 13) +
                 attribute("textLength", kColumn * columns) + look(mark) + ">";
    if (!title.empty()) elements_ += "<title>" + escaped(title) + "</title>";
    elements_ += escaped(text) + "</text>\n";
  }

  /// A line from column `from` of one line, straight up to `bend`, to column `to` of another line.
  void connect(std::size_t from, std::size_t line, std::size_t bend, std::size_t to,
               std::size_t to_line, std::string_view mark) {
    const auto point = [](std::size_t across, std::size_t down) {
      return std::to_string(across) + ',' + std::to_string(down) + ' ';
    };
    const std::size_t half = kLine / 2, gap = 4, middle = (x(bend) + x(to)) / 2;
    elements_ += "<path d=\"M " + point(x(from) + gap, y(line) + half) + "H " +
                 std::to_string(x(bend) + gap) + " C " + point(middle, y(line) + half) +
                 point(middle, y(to_line) + half) + point(x(to) - gap, y(to_line) + half) +
                 "\" fill=\"none\" stroke=\"" + colour(mark) + "\" stroke-width=\"2\"/>\n";
  }

  /// A bar, so many eighths of a column long.
  void bar(std::size_t column, std::size_t line, std::string_view mark, std::size_t eighths) {
    extend(column + (eighths + 7) / 8, line);
    elements_ += "<rect" + attribute("x", x(column)) + attribute("y", y(line) + 2) +
                 attribute("width", eighths) + attribute("height", kLine - 4) + look(mark) + "/>\n";
  }

  [[nodiscard]] std::string svg() const {
    const std::string size =
        attribute("width", x(columns_) + kMargin) + attribute("height", y(lines_) + kMargin);
    return "<svg xmlns=\"http://www.w3.org/2000/svg\"" + size +
           " font-family=\"ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,monospace\""
           " font-size=\"13.3\" fill=\"" +
           kText + "\">\n<rect" + size + " rx=\"8\" fill=\"#1b1e24\"/>\n" + elements_ + "</svg>\n";
  }

 private:
  static constexpr std::size_t kColumn = 8, kLine = 18, kMargin = 20;  // pixels
  static constexpr const char* kText = "#c5cad3";

  [[nodiscard]] static std::size_t x(std::size_t column) { return kMargin + kColumn * column; }
  [[nodiscard]] static std::size_t y(std::size_t line) { return kMargin + kLine * line; }

  [[nodiscard]] static std::string attribute(const char* name, std::size_t value) {
    return std::string(" ") + name + "=\"" + std::to_string(value) + '"';
  }

  [[nodiscard]] static std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text)
      result += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
    return result;
  }

  /// A mark of terminal.hpp as attributes.
  [[nodiscard]] static std::string look(std::string_view mark) {
    if (mark.empty()) return {};
    return std::string(" fill=\"") + colour(mark) + '"' +
           (mark == "1" ? " font-weight=\"bold\"" : "");
  }

  [[nodiscard]] static const char* colour(std::string_view mark) {
    if (mark == "1") return "#ffffff";
    if (mark == "2") return "#858c98";
    if (mark == "31") return "#d1666f";
    if (mark == "32") return "#7fb86a";
    if (mark == "36") return "#5cb8c4";
    return kText;
  }

  void extend(std::size_t columns, std::size_t line) {
    columns_ = std::max(columns_, columns);
    lines_ = std::max(lines_, line + 1);
  }

  std::string elements_;
  std::size_t columns_ = 0, lines_ = 0;
};

/// The eighths, 1 to 8, of the block at the front of `text`; 0 if there is none.
inline std::size_t block(std::string_view text) {
  const bool shape = text.size() >= 3 && text.starts_with("\xE2\x96");
  const unsigned last = shape ? static_cast<unsigned char>(text[2]) : 0;
  return last >= 0x88 && last < 0x90 ? 0x90 - last : 0;
}

/// Marked text as a terminal would show it; blocks, whole or in eighths, become bars.
inline std::string picture_of(std::string_view text) {
  Picture picture;
  std::size_t line = 0, column = 0;
  for_each_stretch(text, [&](std::string_view mark, std::string_view rest) {
    while (!rest.empty()) {
      std::size_t size = 0;
      if (rest[0] == '\n') {
        ++line;
        column = 0;
        size = 1;
      } else if (rest[0] == ' ') {
        ++column;
        size = 1;
      } else if (block(rest) > 0) {
        std::size_t eighths = 0;
        for (; block(rest.substr(size)) > 0; size += 3) eighths += block(rest.substr(size));
        picture.bar(column, line, mark, eighths);
        column += size / 3;
      } else {  // words with one space between them
        const auto goes_on = [](std::string_view from) {
          return from[0] != '\n' && !from.starts_with("  ") && block(from) == 0;
        };
        while (size < rest.size() && goes_on(rest.substr(size))) ++size;
        size = rest.find_last_not_of(' ', size - 1) + 1;
        picture.write(column, line, mark, rest.substr(0, size));
        column += width(rest.substr(0, size));
      }
      rest.remove_prefix(size);
    }
  });
  return picture.svg();
}

}  // namespace storyteller
