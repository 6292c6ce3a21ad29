#include "tests/support/tenant_catalogue.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "rowkeeper/v1/annotations.pb.h"
#include "server/catalogue/options.h"
#include "tests/support/temporary_directory.h"

namespace rowkeeper::testing {
namespace {

namespace pb = google::protobuf;

using Names = std::set<std::string>;

constexpr int kTenantField = 18000;

void AddTenantField(const pb::Descriptor& message, const Names& shared, pb::DescriptorProto* copy) {
  if (catalogue::IsEntity(message) && shared.count(message.full_name()) == 0) {
    pb::FieldDescriptorProto* const field = copy->add_field();
    field->set_name("tenant_id");
    field->set_json_name("tenantId");
    field->set_number(kTenantField);
    field->set_type(pb::FieldDescriptorProto::TYPE_STRING);
    field->set_label(pb::FieldDescriptorProto::LABEL_OPTIONAL);
    field->mutable_options()->MutableExtension(v1::column)->set_role(v1::ROLE_TENANT);
  }
  for (int i = 0; i < message.nested_type_count(); ++i) {
    AddTenantField(*message.nested_type(i), shared, copy->mutable_nested_type(i));
  }
}

/// The query, kept to the caller's tenant where it says which rows of a table are not deleted.
std::string OfTenant(const std::string& sql, const Names& shared) {
  using Replacements = std::vector<std::pair<std::string, std::string>>;
  static const auto* const parts = new Replacements{
      {"p.deleted_at IS NULL", "p.deleted_at IS NULL AND p.tenant_id = :caller.tenant"},
      {"t.deleted_at IS NULL", "t.deleted_at IS NULL AND t.tenant_id = :caller.tenant"},
      {"u.deleted_at IS NULL", "u.deleted_at IS NULL AND u.tenant_id = :caller.tenant"},
      {"i.deleted_at IS NULL", "i.deleted_at IS NULL AND i.tenant_id = :caller.tenant"},
      {"NOT t.is_deleted", "NOT t.is_deleted AND t.tenant_id = :caller.tenant"},
      {"AND NOT is_deleted", "AND NOT is_deleted AND tenant_id = :caller.tenant"},
      {"AND deleted_at IS NULL", "AND deleted_at IS NULL AND tenant_id = :caller.tenant"},
      {"INSERT INTO task (project_id, ", "INSERT INTO task (tenant_id, project_id, "},
      {"SELECT p.id, :title", "SELECT :caller.tenant, p.id, :title"},
      {"GROUP BY p.id ", "GROUP BY p.tenant_id, p.id "},
      {"GROUP BY p.id, u.email", "GROUP BY p.tenant_id, p.id, u.email"},
  };
  std::string kept = absl::StrReplaceAll(sql, *parts);
  return shared.count("tracker.v1.User") == 0 ? kept
                                              : absl::StrReplaceAll(kept, {{" AND u.tenant_id = :caller.tenant", ""}});
}

void AddTenantToQueries(const pb::ServiceDescriptor& service, const Names& shared, pb::ServiceDescriptorProto* copy) {
  for (int i = 0; i < service.method_count(); ++i) {
    pb::MethodOptions options = catalogue::ReadOptions(*service.method(i));
    if (options.GetExtension(v1::method).sql().empty()) continue;
    v1::MethodOptions* const method = options.MutableExtension(v1::method);
    method->set_sql(OfTenant(method->sql(), shared));
    *copy->mutable_method(i)->mutable_options() = options;
  }
}

/// Methods that delete or restore rows to which those of tenants refer are refused.
void TakeAwayRefused(const pb::ServiceDescriptor& service, const Names& shared, pb::ServiceDescriptorProto* copy) {
  if (shared.count(catalogue::ReadOptions(service).GetExtension(v1::repository).entity()) == 0) return;
  for (int i = service.method_count() - 1; i >= 0; --i) {
    const std::string& name = service.method(i)->name();
    const bool refused =
        absl::StrContains(name, "Delete") || absl::StrContains(name, "Restore") || absl::StrContains(name, "Purge");
    if (refused) copy->mutable_method()->DeleteSubrange(i, 1);
  }
}

}  // namespace

std::unique_ptr<const catalogue::Catalogue> WithTenants(const catalogue::Catalogue& catalogue,
                                                        const std::set<std::string>& shared) {
  pb::FileDescriptorSet set;
  for (const pb::FileDescriptor* file : catalogue.source().files()) {
    pb::FileDescriptorProto* const copy = set.add_file();
    file->CopyTo(copy);
    for (int i = 0; i < file->message_type_count(); ++i) {
      AddTenantField(*file->message_type(i), shared, copy->mutable_message_type(i));
    }
    for (int i = 0; i < file->service_count(); ++i) {
      AddTenantToQueries(*file->service(i), shared, copy->mutable_service(i));
      TakeAwayRefused(*file->service(i), shared, copy->mutable_service(i));
    }
  }
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/tenants.binpb";
  EXPECT_TRUE(std::ofstream(path, std::ios::binary) << set.SerializeAsString());
  catalogue::Diagnostics diagnostics;
  auto source = catalogue::Source::Load({{}, {}, {path}}, &diagnostics);
  auto compiled = source == nullptr ? nullptr : catalogue::Catalogue::Compile(std::move(source), &diagnostics);
  EXPECT_NE(compiled, nullptr) << diagnostics.ToString();
  return compiled;
}

}  // namespace rowkeeper::testing
