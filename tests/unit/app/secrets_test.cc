#include "server/app/secrets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "server/app/command_line.h"

namespace rowkeeper::app {
namespace {

TEST(SecretsTest, PasswordsOfDatabaseUrlsAreMasked) {
  const std::pair<const char*, const char*> cases[] = {
      {"postgresql://me@db/shop", "postgresql://me@db/shop"},
      {"postgresql://me:word@db:5432/shop", "postgresql://me:***@db:5432/shop"},
      {"postgres://me:a%40b@db", "postgres://me:***@db"},
      {"postgresql://db:5432/shop", "postgresql://db:5432/shop"},
      // Written wrongly, and still no secret is shown.
      {"postgresql://me:a@b/c?d@db/shop", "postgresql://me:***@db/shop"},
      {"postgresql://db/shop?user=me&password=word&sslmode=require",
       "postgresql://db/shop?user=me&password=***&sslmode=require"},
      {"postgresql:///shop?sslpassword=word", "postgresql:///shop?sslpassword=***"},
      {"postgresql:///shop?passfile=/etc/pass", "postgresql:///shop?passfile=/etc/pass"},
      {"host=db password=word user=me", "host=db password=*** user=me"},
      {"host=db password = 'a b\\' c' user=me", "host=db password = *** user=me"},
      {"password='never ends", "password=***"},
      {"passfile=/etc/pass", "passfile=/etc/pass"},
      {"", ""},
      {"shop", "shop"},
  };
  for (const auto& [value, masked] : cases) EXPECT_EQ(Masked(kUrlType, value), masked) << value;
  EXPECT_EQ(Masked(kSecretType, "word"), "***");
  EXPECT_EQ(Masked("TEXT", "word"), "word");
}

TEST(SecretsTest, OfAUrlThatShouldHoldNoSecretWhatMayBeOneIsMasked) {
  const std::pair<const char*, const char*> cases[] = {
      {"/etc/rowkeeper/jwt", "/etc/rowkeeper/jwt"},
      {"keys@home?.json", "keys@home?.json"},
      {"https://issuer.example/keys", "https://issuer.example/keys"},
      {"https://issuer.example/keys?p=1&key=word", "https://issuer.example/keys?***"},
      {"https://issuer.example/keys?", "https://issuer.example/keys?"},
      {"https://word@issuer.example/keys", "https://***@issuer.example/keys"},
      {"https://me:w?o/rd@issuer.example/keys?word", "https://***@issuer.example/keys?***"},
      {"https://@issuer.example/", "https://@issuer.example/"},
  };
  for (const auto& [value, masked] : cases) EXPECT_EQ(Masked(kPathOrUrlType, value), masked) << value;
}

TEST(SecretsTest, ArgumentsAreOverwrittenWhereTheyHoldSecrets) {
  CLI::App root;
  CLI::App* command = root.add_subcommand("call");
  std::string text;
  command->add_option("--key", text)->type_name(kSecretType);
  command->add_option("--url", text)->type_name(kUrlType);
  command->add_option("-H,--header", text)->type_name(kHeaderType);
  command->add_option("--name", text)->type_name("NAME");
  std::vector<std::string> arguments = {"rowkeeper", "call", "--key",        "word",     "--key=word",
                                        "--name",    "word", "--url",        "x://a:b@", "-Ha: secret",
                                        "-H",        "b: c", "--header=d:e", "--key"};
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  HideSecrets(root, static_cast<int>(pointers.size()), pointers.data());
  EXPECT_EQ(arguments,
            (std::vector<std::string>{"rowkeeper", "call", "--key", "****", "--key=****", "--name", "word", "--url",
                                      "x://a:*@", "-Ha:*******", "-H", "b:**", "--header=d:*", "--key"}));
}

/// An option whose name says that it holds a secret is declared to hold one.
TEST(SecretsTest, NoOptionHoldsASecretUnmasked) {
  ServeOptions options;
  CLI::App serve;
  AddServeOptions(&serve, &options.serve);
  AddCatalogueOptions(&serve, &options.catalogue);
  AddSessionDatabaseOptions(&serve, &options.database);
  AddPoolOptions(&serve, &options.pool);
  const std::regex secret_name("(^|-)(key|password|secret|token|url|credential|credentials)($|-)");
  int seen = 0;
  for (const CLI::Option* option : serve.get_options()) {
    if (option->get_lnames().empty()) continue;
    const std::string& name = option->get_lnames().front();
    const std::string type = option->get_type_name();
    // The path of a file, and a number, are no secrets.
    if (!std::regex_search(name, secret_name) || type == "FILE" || type.rfind("INT", 0) == 0) continue;
    ++seen;
    EXPECT_TRUE(type == kSecretType || type == kUrlType) << name << " is declared as " << type;
    EXPECT_NE(serve.get_option_no_throw("--" + name + kFileSuffix), nullptr) << name << " cannot come from a file";
  }
  EXPECT_GE(seen, 3);
}

}  // namespace
}  // namespace rowkeeper::app
