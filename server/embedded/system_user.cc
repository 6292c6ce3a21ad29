#include "server/embedded/system_user.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include "server/base/text.h"
#include "server/embedded/errors.h"

namespace rowkeeper::embedded {
namespace {

SystemUser FromEntry(const passwd& entry) {
  SystemUser user;
  user.uid = entry.pw_uid;
  user.gid = entry.pw_gid;
  user.name = entry.pw_name;
  user.change = geteuid() != entry.pw_uid;
  int count = 64;
  user.groups.resize(count);
  if (getgrouplist(entry.pw_name, entry.pw_gid, user.groups.data(), &count) < 0) {
    user.groups.resize(count);
    getgrouplist(entry.pw_name, entry.pw_gid, user.groups.data(), &count);
  }
  user.groups.resize(count);
  return user;
}

SystemUser FromUid(uid_t uid) {
  if (const passwd* entry = getpwuid(uid)) return FromEntry(*entry);
  SystemUser user;
  user.uid = uid;
  user.gid = geteuid() == uid ? getegid() : static_cast<gid_t>(uid);
  user.name = Cat("uid ", uid);
  user.groups = {user.gid};
  user.change = geteuid() != uid;
  return user;
}

}  // namespace

absl::StatusOr<SystemUser> DatabaseUser() {
  if (geteuid() != 0) return FromUid(geteuid());
  for (const char* name : {"postgres", "nobody"}) {
    const passwd* entry = getpwnam(name);
    if (entry != nullptr && entry->pw_uid != 0) return FromEntry(*entry);
  }
  return NoUnprivilegedUser();
}

absl::StatusOr<SystemUser> DatabaseUserFor(uid_t owner, const std::string& database_dir) {
  const uid_t self = geteuid();
  if (owner == 0 || (self != 0 && self != owner)) return DataDirectoryOwnedBy(database_dir, owner);
  return FromUid(owner);
}

}  // namespace rowkeeper::embedded
