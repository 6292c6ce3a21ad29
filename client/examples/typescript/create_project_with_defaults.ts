// Makes a project with a board of three columns: create_project_with_defaults.js ADDRESS NAME OWNER_EMAIL

import { connect, explain, runInUnitOfWork } from "@rowkeeper/client";
import type { Unit } from "@rowkeeper/client";

import { BoardColumnRepositoryService, CreateBoardColumnRequest } from "./gen/tracker/v1/board_column.js";
import { CreateProjectRequest, ProjectRepositoryService } from "./gen/tracker/v1/project.js";
import type { Project } from "./gen/tracker/v1/project.js";
import { CreateTaskBoardRequest, TaskBoardRepositoryService } from "./gen/tracker/v1/task_board.js";
import { GetUserByEmailRequest, UserRepositoryService } from "./gen/tracker/v1/user.js";

/** Gives the project. Ids come back from each call, long before the commit. */
async function createProjectWithDefaults(unit: Unit, name: string, email: string): Promise<Project> {
  const projects = unit.stub(ProjectRepositoryService);
  const boards = unit.stub(TaskBoardRepositoryService);
  const columns = unit.stub(BoardColumnRepositoryService);

  const owner = await unit.stub(UserRepositoryService).getByEmail(GetUserByEmailRequest.fromPartial({ email }));
  const project = await projects.create(CreateProjectRequest.fromPartial({ project: { name, slug: slugify(name), ownerId: owner.id } }));
  const board = await boards.create(
    CreateTaskBoardRequest.fromPartial({ taskBoard: { projectId: project.id, name: "Default", isDefault: true } }));
  for (const [position, title] of ["To Do", "In Progress", "Done"].entries()) {
    await columns.create(CreateBoardColumnRequest.fromPartial({ boardColumn: { boardId: board.id, name: title, position } }));
  }
  return project;
}

function slugify(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
}

const [address, name, email] = process.argv.slice(2);
if (address === undefined || name === undefined || email === undefined) {
  console.error("usage: create_project_with_defaults.js ADDRESS NAME OWNER_EMAIL");
  process.exit(2);
}
const connection = connect(address);
try {
  const project = await runInUnitOfWork(connection, (unit) => createProjectWithDefaults(unit, name, email), {
    label: "create_project_with_defaults",
  });
  console.log(`${project.id} ${project.slug}`);
} catch (error) {
  console.error(explain(error, "created"));
  process.exitCode = 1;
} finally {
  connection.close();
}
