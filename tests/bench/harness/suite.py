"""What is compared with what: contenders of a comparison are measured in alternating blocks of one run."""

OURS = "rowkeeper"

COLUMNS = "owner_id, title, notes, status, due_at, priority"
INSERT = ("INSERT INTO rowkeeper_bench.todos (" + COLUMNS + ") VALUES (('00000000-0000-4000-8002-' ||"
          " lpad(:owner::text, 12, '0'))::uuid, 'water the plants on the balcony', 'all of them, the small ones too',"
          " 'OPEN', '2026-01-01Z', 3) RETURNING id, owner_id, title, notes, status, due_at, priority, created_at,"
          " updated_at, deleted_at, version;\n")
OWNER = "\\set owner random(0, 499)\n"
SELECT = ("\\set i random(0, :profiles - 1)\n"
          "SELECT id, email, handle, display_name, timezone, settings, created_at, updated_at, deleted_at, version"
          " FROM rowkeeper_bench.profiles WHERE id = ('00000000-0000-4000-8000-' || lpad(:i::text, 12, '0'))::uuid"
          " AND deleted_at IS NULL;\n")


def unit_script(statements):
    """What a unit of work of so many creates sends to PostgreSQL."""
    return OWNER + "BEGIN;\n" + INSERT * statements + "COMMIT;\n"


class Comparison:
    """Contenders for the same work. The first one is what the others are put in relation to."""

    def __init__(self, name, in_flight, contenders, unit="calls/s", writes=False):
        """`contenders`: name -> function that runs one block."""
        self.name = name
        self.in_flight = in_flight
        self.contenders = contenders
        self.unit = unit
        self.writes = writes


class Suite:
    """Makes comparisons out of blocks; `peers` are names of running servers."""

    def __init__(self, blocks, peers, copy_file):
        self.blocks = blocks
        self.peers = peers
        self.copy_file = copy_file

    def comparisons(self):
        """All of them, a list for each name of a scenario."""
        return {
            "get_by_id": [self._get(n) for n in (1, 16, 64)],
            "get_hot": [self._calls("get_hot", "get_hot", 16)],
            "get_missing": [self._calls("get_missing", "get_missing", 16)],
            "list_by_owner": [self._calls(f"list_by_owner, {rows} rows", f"list_by_owner:{rows}", 16, empty=True)
                              for rows in (10, 50, 100, 1000)],
            "list_by_date_range": [self._calls("list_by_date_range, 50 rows", "list_by_date_range:50", 16)],
            "create": [self._create(n) for n in (1, 16)],
            "update": [self._calls("update with version", "update", 16, writes=True)],
            "soft_delete": [self._calls("soft_delete + restore", "soft_delete_restore", 16, writes=True)],
            "batch_create": [self._batch(rows) for rows in (1, 10, 100, 1000)],
            "import": [self._import()],
            "unit": [self._unit(statements) for statements in (1, 3, 10)],
            "run": [self._run(statements) for statements in (1, 3, 10)],
            "keyed_create": [self._keyed()],
            "relations": [self._calls("relations, 50 projects", "relations:50", 4)],
            "mix": [self._calls("90 % get_by_id, 10 % create", "mix_90_10", 16, writes=True),
                    self._calls("create, 1 % failing", "create_1_percent_failing", 16, writes=True)],
            "open_loop": [Comparison("get_by_id, open loop of 500/s", 0, {
                server: self._block(server, "get_by_id", 512, rate=500) for server in (OURS, *self.peers)})],
        }

    def _block(self, server, scenario, in_flight, **more):
        return lambda: self.blocks.run_load(server, scenario, in_flight, **more)

    def _pgbench(self, script, clients, rows=1):
        return lambda: self.blocks.run_pgbench(script, clients, rows)

    def _calls(self, name, scenario, in_flight, writes=False, empty=False):
        contenders = {server: self._block(server, scenario, in_flight) for server in (OURS, *self.peers)}
        if empty:
            contenders["empty call"] = self._empty(scenario, in_flight)
        return Comparison(name, in_flight, contenders, writes=writes)

    def _empty(self, scenario, in_flight):
        """An empty call with requests and responses as large as those of the scenario."""
        sizes = []

        def run():
            if not sizes:
                block = self.blocks.run_load(OURS, scenario, in_flight)
                sizes.extend([block["request_bytes"], block["response_bytes"]])
            return self.blocks.run_load("empty", "empty", in_flight, empty_sizes=sizes)

        return run

    def _get(self, in_flight):
        comparison = self._calls("get_by_id", "get_by_id", in_flight, empty=True)
        comparison.contenders["pgbench select"] = self._pgbench(SELECT, in_flight)
        return comparison

    def _create(self, in_flight):
        comparison = self._calls("create", "create", in_flight, writes=True)
        comparison.contenders["pgbench insert"] = self._pgbench(OWNER + INSERT, in_flight)
        return comparison

    def _batch(self, rows):
        comparison = self._calls(f"batch_create, {rows} rows", f"batch_create:{rows}", 1, writes=True)
        if rows == 1000:
            comparison.contenders["\\copy"] = self._copy()
        return comparison

    def _copy(self):
        return lambda: self.blocks.run_copy(self.copy_file.path, COLUMNS, self.copy_file.rows)

    def _import(self):
        return Comparison("import, messages of 1000 rows", 1,
                          {OURS: self._block(OURS, "import:1000", 1), "\\copy": self._copy()}, "messages/s", True)

    def _unit(self, statements):
        return Comparison(f"unit of work, {statements} creates", 16,
                          {OURS: self._block(OURS, f"unit:{statements}", 16),
                           "pgbench BEGIN INSERT COMMIT": self._pgbench(unit_script(statements), 16, statements)},
                          "units/s", True)

    def _run(self, statements):
        contenders = {OURS: self._block(OURS, f"run:{statements}", 16),
                      "pgbench BEGIN INSERT COMMIT": self._pgbench(unit_script(statements), 16, statements)}
        if statements == 1:
            contenders["rowkeeper, plain create"] = self._block(OURS, "create", 16)
        return Comparison(f"Run of {statements} creates", 16, contenders, "runs/s", True)

    def _keyed(self):
        return Comparison("create with idempotency key", 16,
                          {OURS: self._block(OURS, "keyed_create", 16),
                           "rowkeeper, plain create": self._block(OURS, "create", 16)}, writes=True)


class CopyFile:
    """A thousand to-dos as the benchmark creates them, for \\copy."""

    def __init__(self, path):
        self.path = path
        self.rows = 1000
        with open(path, "w", encoding="utf-8") as file:
            for i in range(self.rows):
                file.write(f"00000000-0000-4000-8002-{i % 500:012d}\twater the plants on the balcony\t"
                           f"all of them, the small ones too\tOPEN\t2026-01-01 00:00:00+00\t{i % 5 + 1}\n")
