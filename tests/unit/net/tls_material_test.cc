#include "server/net/tls_material.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include <chrono>
#include <fstream>

#include "tests/support/test_certificates.h"

namespace rowkeeper::net {
namespace {

using rowkeeper::testing::CertificateAndKey;
using rowkeeper::testing::TestAuthority;
using rowkeeper::testing::TlsDirectory;
using std::chrono::hours;
using ::testing::HasSubstr;

std::string ProblemOf(const TlsFiles& files) {
  const auto material = ReadTlsMaterial(files, std::chrono::system_clock::now());
  EXPECT_EQ(material.status().code(), absl::StatusCode::kFailedPrecondition) << material.status();
  return std::string(material.status().message());
}

std::string ProblemOf(const CertificateAndKey& pair, const std::string& roots = "") {
  const TlsDirectory directory(pair, roots);
  return ProblemOf(directory.files());
}

std::string PartOf(const std::string& pem) { return pem.substr(0, pem.size() / 2) + "\n-----END CERTIFICATE-----\n"; }

std::string Encrypted(const std::string& pem) {
  BIO* const in = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  EVP_PKEY* const key = PEM_read_bio_PrivateKey(in, nullptr, nullptr, nullptr);
  BIO* const out = BIO_new(BIO_s_mem());
  PEM_write_bio_PKCS8PrivateKey(out, key, EVP_aes_256_cbc(), "secret", 6, nullptr, nullptr);
  char* data = nullptr;
  const long size = BIO_get_mem_data(out, &data);
  std::string text(data, static_cast<size_t>(size));
  BIO_free(in);
  BIO_free(out);
  EVP_PKEY_free(key);
  return text;
}

TEST(TlsMaterialTest, AGoodPairIsReadWithItsChainAndRoots) {
  const TestAuthority root("root");
  const TestAuthority below = root.Below("below");
  for (const auto kind : {TestAuthority::KeyKind::kP256, TestAuthority::KeyKind::kRsa2048}) {
    TestAuthority::Request request;
    request.key = kind;
    request.usage = TestAuthority::Usage::kServer;
    const CertificateAndKey pair = below.Issue(request);
    const TlsDirectory directory(pair, root.root() + below.root());
    const auto material = ReadTlsMaterial(directory.files(), std::chrono::system_clock::now());
    ASSERT_TRUE(material.ok()) << material.status();
    EXPECT_EQ(material->certificate, pair.certificate) << "with the authority below the root";
    EXPECT_EQ(material->key, pair.key);
    EXPECT_EQ(material->client_roots, root.root() + below.root());
    EXPECT_EQ(material->fingerprint.size(), 64u);
    EXPECT_GT(material->expires, std::chrono::system_clock::now() + hours(24 * 364));
    EXPECT_FALSE(material->key_open_to_all);
  }
}

TEST(TlsMaterialTest, OnlyWhatWasParsedIsPassedOn) {
  const TestAuthority authority("root");
  const CertificateAndKey pair = authority.Issue();
  // gRPC would load a library that a key file beginning with these words names.
  const TlsDirectory directory({"a note\n" + pair.certificate, "engine:other:key\n" + pair.key + pair.certificate});
  const auto material = ReadTlsMaterial(directory.files(), std::chrono::system_clock::now());
  ASSERT_TRUE(material.ok()) << material.status();
  EXPECT_EQ(material->certificate, pair.certificate);
  EXPECT_EQ(material->key, pair.key);
}

TEST(TlsMaterialTest, EveryProblemNamesFlagAndFileAndIsOneLine) {
  const TestAuthority authority("root");
  const CertificateAndKey good = authority.Issue();
  const CertificateAndKey other = authority.Issue();
  TestAuthority::Request expired;
  expired.ends = -hours(1);
  TestAuthority::Request not_yet;
  not_yet.begins = hours(1);
  TestAuthority::Request of_client;
  of_client.usage = TestAuthority::Usage::kClient;
  TestAuthority::Request weak;
  weak.key = TestAuthority::KeyKind::kRsa1024;
  TestAuthority::Request rsa;
  rsa.key = TestAuthority::KeyKind::kRsa2048;
  const struct {
    CertificateAndKey pair;
    std::string roots;
    std::string flag;
    std::string file;
    std::string problem;
  } kCases[] = {
      {{"", good.key}, "", "--tls-cert", "tls.crt", "is empty"},
      {{"words", good.key}, "", "--tls-cert", "tls.crt", "holds no certificate"},
      {{good.key, good.key}, "", "--tls-cert", "tls.crt", "holds no certificate"},
      {{PartOf(good.certificate), good.key}, "", "--tls-cert", "tls.crt", "certificate 1 in it"},
      {{good.certificate + PartOf(good.certificate), good.key}, "", "--tls-cert", "tls.crt", "certificate 2 in it"},
      {{std::string(2 << 20, 'x'), good.key}, "", "--tls-cert", "tls.crt", "is larger than 1 MiB"},
      {authority.Issue(expired), "", "--tls-cert", "tls.crt", "expired on 20"},
      {authority.Issue(not_yet), "", "--tls-cert", "tls.crt", "is not valid before 20"},
      {authority.Issue(of_client), "", "--tls-cert", "tls.crt", "is no certificate for TLS servers"},
      {authority.Issue(weak), "", "--tls-cert", "tls.crt", "cannot be used for TLS: ee key too small"},
      {{good.certificate, ""}, "", "--tls-key", "tls.key", "is empty"},
      {{good.certificate, good.certificate}, "", "--tls-key", "tls.key", "holds no private key that parses"},
      {{good.certificate, other.key}, "", "--tls-key", "tls.key", "is not the key of the certificate in --tls-cert"},
      {{good.certificate, authority.Issue(rsa).key}, "", "--tls-key", "tls.key", "is not the key of the certificate"},
      {{good.certificate, Encrypted(good.key)}, "", "--tls-key", "tls.key", "is encrypted"},
      {good, "words", "--tls-client-roots", "ca.crt", "holds no certificate"},
      {good, authority.root() + PartOf(authority.root()), "--tls-client-roots", "ca.crt", "certificate 2 in it"},
  };
  for (const auto& wrong : kCases) {
    const std::string problem = ProblemOf(wrong.pair, wrong.roots);
    EXPECT_THAT(problem, ::testing::MatchesRegex(wrong.flag + " /.*/" + wrong.file + " .*"));
    EXPECT_THAT(problem, HasSubstr(wrong.problem));
    EXPECT_EQ(problem.find('\n'), std::string::npos);
  }
}

TEST(TlsMaterialTest, WhatCannotBeReadIsExplained) {
  const TestAuthority authority("root");
  TlsDirectory directory(authority.Issue());
  TlsFiles files = directory.files();
  files.certificate = directory.path("none");
  EXPECT_EQ(ProblemOf(files), "--tls-cert " + files.certificate + " cannot be read: No such file or directory");
  files.certificate = directory.path("current");
  EXPECT_THAT(ProblemOf(files), HasSubstr("is a directory; name a file in it"));
  files = directory.files();
  files.key = directory.path("pipe");
  ASSERT_EQ(mkfifo(files.key.c_str(), 0600), 0);
  EXPECT_THAT(ProblemOf(files), HasSubstr("is no regular file")) << "and nobody waits for a writer";
}

TEST(TlsMaterialTest, AKeyThatEverybodyMayReadIsNoted) {
  const TestAuthority authority("root");
  const TlsDirectory directory(authority.Issue());
  ASSERT_EQ(chmod(directory.files().key.c_str(), 0644), 0);
  const auto material = ReadTlsMaterial(directory.files(), std::chrono::system_clock::now());
  ASSERT_TRUE(material.ok()) << material.status();
  EXPECT_TRUE(material->key_open_to_all);
}

}  // namespace
}  // namespace rowkeeper::net
