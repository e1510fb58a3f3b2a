import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { manifests, root } from "./packages.js";

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly needs?: string;
        readonly permissions?: Readonly<Record<string, string>>;
        readonly steps: readonly Step[];
      }
    >
  >;
}

interface IssueForm {
  readonly name: string;
  readonly description: string;
  readonly body: readonly {
    readonly type: string;
    readonly id: string;
    readonly attributes: { readonly label: string; readonly options?: readonly string[] };
  }[];
}

const WORKFLOWS = ".github/workflows";
const FORMS = ".github/ISSUE_TEMPLATE";

describe("the workflows", () => {
  test.each(readdirSync(join(root, WORKFLOWS)))(
    "%s may only read the code, and pins each action to a commit",
    (file) => {
      const text = read(join(WORKFLOWS, file));
      const { permissions, jobs } = parse(text) as Workflow;
      expect(permissions).toEqual({ contents: "read" });
      const steps = Object.values(jobs).flatMap((job) => job.steps);
      expect(steps.length).toBeGreaterThan(0);
      for (const { uses } of steps) if (uses) expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
      // A comment tells readers the version.
      for (const line of text.match(/^.*\buses: .*$/gm) ?? [])
        expect(line).toMatch(/ # v\d+\.\d+\.\d+$/);
    },
  );

  test("CI runs .ci/run", () => {
    expect(commandsOf(workflow("ci.yml"), "ci")).toEqual([".ci/run"]);
  });

  test("a release runs .ci/run before it publishes, and only the job that publishes gets a token", () => {
    const release = workflow("release.yml");
    expect(commandsOf(release, "ci")).toContain(".ci/run");
    expect(release.jobs["ci"]?.permissions).toBeUndefined();
    expect(commandsOf(release, "publish")).toEqual(["npm ci", "npm run release:publish"]);
    expect(release.jobs["publish"]).toMatchObject({
      needs: "ci",
      permissions: { contents: "read", "id-token": "write" },
    });
  });
});

describe("the issue forms", () => {
  test.each(readdirSync(join(root, FORMS)).filter((file) => file !== "config.yml"))(
    "%s has the fields that GitHub requires",
    (file) => {
      const { name, description, body } = parse(read(join(FORMS, file))) as IssueForm;
      expect([name, description]).not.toContain(undefined);
      expect(new Set(body.map(({ id }) => id)).size).toBe(body.length);
      for (const { type, id, attributes } of body) {
        expect(type).toMatch(/^(checkboxes|dropdown|input|textarea)$/);
        expect(id).toMatch(/^[\w-]+$/);
        expect(attributes.label).not.toBe("");
        expect(type === "dropdown").toBe(attributes.options !== undefined);
      }
    },
  );

  test("a bug report can name any package", () => {
    const { body } = parse(read(join(FORMS, "bug.yml"))) as IssueForm;
    const { options = [] } = body.find(({ id }) => id === "package")!.attributes;
    expect([...options].sort()).toEqual(manifests.map(({ name }) => name).sort());
  });
});

describe("CONTRIBUTING.md", () => {
  const text = read(".github/CONTRIBUTING.md");

  test("names files and folders that exist", () => {
    const paths = [
      ...text.matchAll(/(?<=[`\s])((?:packages|test|examples|infra)(?:\/[\w.-]+)*)(?=[`\s])/g),
    ];
    const named = new Set(paths.map(([, path = ""]) => path).filter((path) => path.includes("/")));
    expect(named.size).toBeGreaterThan(15);
    expect([...named].filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test("names scripts that exist", () => {
    const { scripts } = JSON.parse(read("package.json")) as { readonly scripts: object };
    const named = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, script]) => script);
    expect(named.length).toBeGreaterThan(5);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
  });
});

test(".editorconfig has the formatter's settings", () => {
  const format = read(".oxfmtrc.json");
  const [, editor = ""] = read(".editorconfig").split("[*]\n");
  const setting = (key: string) => new RegExp(`"${key}": (\\d+)`).exec(format)?.[1];
  expect(editor).toContain(`indent_size = ${setting("tabWidth")}\n`);
  expect(editor).toContain(`max_line_length = ${setting("printWidth")}\n`);
  expect(editor).toContain("indent_style = space\n");
});

function workflow(file: string): Workflow {
  return parse(read(join(WORKFLOWS, file))) as Workflow;
}

function commandsOf({ jobs }: Workflow, job: string): string[] {
  return jobs[job]!.steps.flatMap(({ run }) => run ?? []);
}

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}
