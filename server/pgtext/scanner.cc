#include "server/pgtext/scanner.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>
#include <pg_query.h>

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace rowkeeper::pgtext {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

// pg_query.proto: ScanResult.tokens, the fields of ScanToken and the token numbers that matter here. ScanToken.end is
// not used: it is wrong for U&'…' and U&"…".
constexpr int kTokensField = 2;
constexpr int kStartField = 1;
constexpr int kTokenField = 4;
constexpr int kKeywordField = 5;
constexpr uint32_t kReservedKeyword = 4;

enum PgToken : uint32_t {
  kIdent = 258,
  kUnicodeIdent = 259,
  kDecimalConstant = 260,
  kStringConstant = 261,
  kUnicodeStringConstant = 262,
  kBitConstant = 263,
  kHexConstant = 264,
  kIntegerConstant = 266,
  kParam = 267,
  kLineComment = 275,
  kBlockComment = 276,
};

/// What PostgreSQL's scanner skips between tokens (\v since version 16).
constexpr std::string_view kWhiteSpace = " \t\n\r\f\v";

Token::Kind KindOf(uint32_t token, uint32_t keyword) {
  if (keyword != 0) return keyword == kReservedKeyword ? Token::Kind::kReserved : Token::Kind::kName;
  switch (token) {
    case kIdent:
    case kUnicodeIdent:
      return Token::Kind::kName;
    case kDecimalConstant:
    case kIntegerConstant:
      return Token::Kind::kNumber;
    case kStringConstant:
    case kUnicodeStringConstant:
    case kBitConstant:
    case kHexConstant:
      return Token::Kind::kString;
    case kParam:
      return Token::Kind::kParameter;
    case kLineComment:
    case kBlockComment:
      return Token::Kind::kComment;
    default:
      return Token::Kind::kOther;
  }
}

Token ReadToken(CodedInputStream* input) {
  Token token;
  uint32_t number = 0;
  uint32_t keyword = 0;
  while (const uint32_t tag = input->ReadTag()) {
    uint32_t value = 0;
    if (WireFormatLite::GetTagWireType(tag) != WireFormatLite::WIRETYPE_VARINT || !input->ReadVarint32(&value)) break;
    switch (WireFormatLite::GetTagFieldNumber(tag)) {
      case kStartField:
        token.start = value;
        break;
      case kTokenField:
        number = value;
        break;
      case kKeywordField:
        keyword = value;
        break;
      default:
        break;
    }
  }
  token.kind = KindOf(number, keyword);
  return token;
}

std::vector<Token> Decode(const PgQueryProtobuf& buffer) {
  std::vector<Token> tokens;
  CodedInputStream input(reinterpret_cast<const uint8_t*>(buffer.data), static_cast<int>(buffer.len));
  while (const uint32_t tag = input.ReadTag()) {
    if (WireFormatLite::GetTagFieldNumber(tag) != kTokensField) {
      WireFormatLite::SkipField(&input, tag);
      continue;
    }
    uint32_t size = 0;
    if (!input.ReadVarint32(&size)) break;
    const CodedInputStream::Limit limit = input.PushLimit(static_cast<int>(size));
    tokens.push_back(ReadToken(&input));
    input.PopLimit(limit);
  }
  return tokens;
}

/// A token ends where the next one starts, less the white space between: no byte is left out.
void FindEnds(std::string_view text, std::vector<Token>* tokens) {
  for (size_t i = 0; i < tokens->size(); ++i) {
    Token& token = (*tokens)[i];
    const size_t next = i + 1 < tokens->size() ? (*tokens)[i + 1].start : text.size();
    const size_t end = text.find_last_not_of(kWhiteSpace, next - 1) + 1;
    token.end = std::max(end, token.start + 1);
  }
}

}  // namespace

Tokens Scan(const std::string& text) {
  Tokens scanned;
  const PgQueryScanResult result = pg_query_scan(text.c_str());
  if (result.error != nullptr) {
    scanned.problem = result.error->message;
    scanned.position = result.error->cursorpos;
  } else {
    scanned.tokens = Decode(result.pbuf);
    FindEnds(text, &scanned.tokens);
  }
  pg_query_free_scan_result(result);
  return scanned;
}

}  // namespace rowkeeper::pgtext
