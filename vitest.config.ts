import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Take longest, by far. Where nobody has run them yet, vitest would begin with the largest files, and end with these. */
const longest =
  /integration\/(histories|budget|detect|service|policy|hints|kill-at-every-step|retention-year|redis-)[\w-]*\.test\.ts$/;
/** What takes longest and was played in full just now need not be played again: `LONG_TESTS=0`, see `.ci/run`. */
const played =
  process.env.LONG_TESTS === "0"
    ? [
        "test/integration/{histories,budget,detect,policy,hints,kill-at-every-step}*.test.ts",
        "test/integration/{secrets,doctor,large-lists,retention-year,upgrade,reconcile,client}.test.ts",
        "test/integration/{service,service-renewal,outside-redis,session-*,companions*,browser-reading}.test.ts",
        "test/integration/{embedded/start,listen-command,remote-command,deliver,doubts}.test.ts",
        "test/integration/redis-{cluster,sentinel,tls}.test.ts",
        "test/unit/pixieset/{endings,read-memory}.test.ts",
        "test/documents/{pages,keeping,first-alert}.test.ts",
        "test/fuzz/fuzz.test.ts",
      ]
    : [];
/**
 * Values and pages in memory, and nothing kept between tests: one process runs many of these files, and reads what they
 * import once. Not what measures real sockets in milliseconds.
 */
const sharing = ["test/api/**/!(sockets).test.ts", "test/unit/domain/**/*.test.ts"];

/** The longest first, and those that share a process last: it goes on only while the next file shares it, too. */
class Sequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId, project }: TestSpecification) =>
      project.name === "sharing" ? 2 : longest.test(moduleId) ? 0 : 1;
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  test: {
    testTimeout: 20_000,
    hookTimeout: 30_000,
    pool: "forks",
    maxWorkers: 3,
    sequence: { sequencer: Sequencer },
    projects: [
      {
        extends: true,
        test: {
          name: "apart",
          include: ["test/**/*.test.ts", "test/**/*.test.tsx"],
          exclude: ["test/browser/**", "test/chaos/**", "node_modules/**", ...sharing, ...played],
        },
      },
      { extends: true, test: { name: "sharing", include: sharing, isolate: false } },
    ],
  },
});
