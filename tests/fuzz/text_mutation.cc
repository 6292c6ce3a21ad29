#include "tests/fuzz/text_mutation.h"

namespace rowkeeper::fuzz {
namespace {

const std::string& Word(const std::vector<std::string>& words, Random* random) {
  return words[static_cast<size_t>(random->Below(static_cast<int>(words.size())))];
}

}  // namespace

std::string RandomText(const std::vector<std::string>& words, Random* random) {
  std::string text;
  for (int count = 1 + random->Below(12); count > 0; --count) {
    text += Word(words, random);
    if (!random->OneIn(4)) text += ' ';
  }
  return text;
}

std::string MutateText(std::string text, const std::vector<std::string>& words, Random* random) {
  for (int count = 1 + random->Below(4); count > 0; --count) {
    const size_t at = text.empty() ? 0 : static_cast<size_t>(random->Below(static_cast<int>(text.size())));
    const size_t length = static_cast<size_t>(random->Below(8));
    switch (random->Below(5)) {
      case 0:
        if (!text.empty()) text[at] = static_cast<char>(random->Below(256));
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, text.substr(at, length));
        break;
      case 3:
        if (text.size() < 4096) text += text;
        break;
      default:
        text.insert(at, Word(words, random));
    }
  }
  return text;
}

}  // namespace rowkeeper::fuzz
