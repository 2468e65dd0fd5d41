// SPDX-License-Identifier: MIT
// Terminal and picture: what a model says is safe to show, and is drawn where it stands.
#include "terminal.hpp"

#include "picture.hpp"
#include "support/catch.hpp"

#include <cstddef>
#include <string>
#include <string_view>

using namespace storyteller;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("what a terminal would obey is not shown, nor what is no UTF-8") {
  CHECK(shown("a\tb\nc") == "a\tb\nc");
  CHECK(shown("\x1b[31m\x07\x7f") == "?[31m??");
  CHECK(shown("caf\xC3\xA9 \xE2\x98\x83 \xF0\x9F\x90\x89") ==
        "caf\xC3\xA9 \xE2\x98\x83 \xF0\x9F\x90\x89");
  CHECK(shown("\xC2\x9B\xC2\xA0") == "??\xC2\xA0");  // C1 is obeyed, too: U+009B is ESC [
  CHECK(shown("\xC3") == "?");
  CHECK(shown("\xC3\x28\x80") == "?(?");
  CHECK(shown("\xC0\x80\xE0\x80\x80\xF0\x80\x80\x80") == "?????????");  // longer than need be
  CHECK(shown("\xED\xA0\x80\xF4\x90\x80\x80\xFF") == "????????");
  CHECK(shown("\xEF\xBF\xBD\xEF\xBF\xBE") == "\xEF\xBF\xBD???");
}

TEST_CASE("a character that comes in pieces is waited for") {
  CHECK(unfinished("") == 0);
  CHECK(unfinished("a") == 0);
  CHECK(unfinished("a\xC3") == 1);
  CHECK(unfinished("\xC3\xA9") == 0);
  CHECK(unfinished("\xE2\x98") == 2);
  CHECK(unfinished("a\xF0\x9F\x90") == 3);
  CHECK(unfinished("\xF0\x9F\x90\x89") == 0);
  CHECK(unfinished("\x80\x80\x80\x80") == 0);
}

TEST_CASE("marks take no room and are taken out again") {
  const std::string text = "a " + bold("b\xC3\xA9") + red("") + " c";
  CHECK(plain(text) == "a b\xC3\xA9 c");
  CHECK(width(text) == 6);
  CHECK(padded(bold("ab"), 4) == bold("ab") + "  ");
  CHECK(padded_left(bold("ab"), 4) == "  " + bold("ab"));
  CHECK(plain(paragraph(bold("one two") + " three", "  ", 9)) == "  one two\n  three\n");
}

TEST_CASE("a tail is the end of a text in one line") {
  CHECK(tail("short", 8) == "short");
  CHECK(tail("one\ntwo", 8) == "one two");
  CHECK(tail("one two three", 8) == "...three");
  CHECK(tail("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", 5) == "...\xC3\xA9\xC3\xA9");
}

TEST_CASE("text and bars are drawn at their columns and lines") {
  const std::string svg = picture_of("ab  c d\n " + green("\xE2\x96\x88\xE2\x96\x8D") + "<&>");
  CHECK_THAT(svg, ContainsSubstring(R"(<text x="20" y="33" textLength="16">ab</text>)"));
  CHECK_THAT(svg, ContainsSubstring(R"(<text x="52" y="33" textLength="24">c d</text>)"));
  CHECK_THAT(svg, ContainsSubstring(R"(<rect x="28" y="40" width="11" height="14" fill="#)"));
  CHECK_THAT(svg, ContainsSubstring(R"(<text x="44" y="51" textLength="24">&lt;&amp;&gt;</text>)"));
  CHECK_THAT(svg, ContainsSubstring(R"(width="96" height="76")"));
  CHECK(svg.ends_with("</svg>\n"));
}

TEST_CASE("texts have titles, and lines between them") {
  Picture picture;
  picture.write(0, 0, "32", "a", "b < c");
  picture.connect(1, 0, 4, 7, 3, "32");
  CHECK_THAT(picture.svg(), ContainsSubstring("><title>b &lt; c</title>a</text>"));
  CHECK_THAT(picture.svg(),
             ContainsSubstring("<path d=\"M 32,29 H 56 C 64,29 64,83 72,83 \" fill=\"none\""));
}

TEST_CASE("other blocks are text, and an empty picture is one") {
  CHECK_THAT(picture_of("\xE2\x96\x92 x"), ContainsSubstring(">\xE2\x96\x92 x</text>"));
  CHECK_THAT(picture_of(""), ContainsSubstring(R"(width="40" height="40")"));
}
