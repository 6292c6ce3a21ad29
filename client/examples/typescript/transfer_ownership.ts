// Gives a project to another user: transfer_ownership.js ADDRESS PROJECT_SLUG NEW_OWNER_EMAIL
//
// The notice to the new owner is welcome, not needed: when it fails, its savepoint undoes it alone.

import { connect, explain, isServiceError, runInUnitOfWork } from "@rowkeeper/client";
import type { Unit } from "@rowkeeper/client";
import { status } from "@grpc/grpc-js";

import { ConversationRepositoryService, CreateConversationRequest } from "./gen/tracker/v1/conversation.js";
import { GetProjectBySlugRequest, ProjectRepositoryService, UpdateProjectRequest } from "./gen/tracker/v1/project.js";
import type { Project } from "./gen/tracker/v1/project.js";
import { CreateProjectUserRequest, ProjectUserRepositoryService } from "./gen/tracker/v1/project_user.js";
import { GetUserByEmailRequest, UserRepositoryService } from "./gen/tracker/v1/user.js";

interface Transferred {
  readonly project: Project;
  /** Why there is no notice; undefined when there is one. */
  readonly problem: string | undefined;
}

async function transferOwnership(unit: Unit, slug: string, email: string): Promise<Transferred> {
  const projects = unit.stub(ProjectRepositoryService);
  const user = await unit.stub(UserRepositoryService).getByEmail(GetUserByEmailRequest.fromPartial({ email }));
  const read = await projects.getBySlug(GetProjectBySlugRequest.fromPartial({ slug }));

  // The version of what was read says that nobody else has changed it since.
  const project = await projects.update(
    UpdateProjectRequest.fromPartial({ project: { ...read, ownerId: user.id }, updateMask: ["owner_id"] }));
  await ensureMember(unit, project);
  return { project, problem: await notifyNewOwner(unit, project) };
}

/** The database refuses a second membership, and the savepoint makes the unit well again. */
async function ensureMember(unit: Unit, project: Project): Promise<void> {
  const members = unit.stub(ProjectUserRepositoryService);
  const projectUser = { projectId: project.id, userId: project.ownerId, allocation: 1 };
  try {
    await unit.savepoint(() => members.create(CreateProjectUserRequest.fromPartial({ projectUser })));
  } catch (error) {
    if (!isServiceError(error) || error.code !== status.ALREADY_EXISTS) throw error;
  }
}

async function notifyNewOwner(unit: Unit, project: Project): Promise<string | undefined> {
  const conversations = unit.stub(ConversationRepositoryService);
  const conversation = { ownerId: project.ownerId, subject: `${project.name} is yours now` };
  try {
    await unit.savepoint(() => conversations.create(CreateConversationRequest.fromPartial({ conversation })));
    return undefined;
  } catch (error) {
    if (!isServiceError(error)) throw error;
    return error.details;
  }
}

const [address, slug, email] = process.argv.slice(2);
if (address === undefined || slug === undefined || email === undefined) {
  console.error("usage: transfer_ownership.js ADDRESS PROJECT_SLUG NEW_OWNER_EMAIL");
  process.exit(2);
}
const connection = connect(address);
try {
  const { project, problem } = await runInUnitOfWork(connection, (unit) => transferOwnership(unit, slug, email), {
    label: "transfer_ownership",
    // The version is read in the unit, so running all of it again is the answer to a change by somebody else.
    rerunOn: ["VERSION_MISMATCH"],
  });
  console.log(`${project.name} belongs to ${email}`);
  if (problem !== undefined) console.log(`without a notice: ${problem}`);
} catch (error) {
  console.error(explain(error, "changed"));
  process.exitCode = 1;
} finally {
  connection.close();
}
