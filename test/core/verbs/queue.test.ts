import { describe, expect, test } from "vitest";
import { enqueue, enqueueTask, record, say, wait } from "../../../core/verb-builders.ts";
import { checkAttributes, type Given, inside, refusalOf, refused, rendered } from "./verb-kit.ts";

const action = "https://p.example.com/enqueue/0";
const workflowSid = `WW${"0".repeat(32)}`;

describe("enqueue", () => {
  test("enqueue lets the caller wait in a queue, with every attribute", () => {
    checkAttributes(
      "Enqueue",
      (attributes) => enqueue("support", attributes as Given),
      undefined,
      () => ({ action }),
    );
    expect(rendered(enqueue("support"))).toMatchObject({ name: "Enqueue", text: "support", children: [] });
  });

  test("enqueue of a task takes every attribute, and the task's own as JSON", () => {
    const task = { skill: "billing & more", order: 5 };
    const made = (attributes: Given) => enqueueTask(workflowSid, task, attributes);
    checkAttributes("Task", made, (verb) => inside(verb, 0));
    const verb = rendered(made({}));
    expect(verb.attributes).toEqual({ workflowSid, action });
    expect(JSON.parse(inside(verb, 0).text)).toEqual(task);
  });

  test("enqueue of neither or both, or of a task without a workflow, is refused when the flow loads", () => {
    expect(refusalOf(enqueue(" "))).toBe(refused("enqueue: has no name of a queue"));
    expect(refusalOf(enqueueTask(workflowSid, { order: 5n }))).toBe(
      refused("enqueue: a task that does not survive JSON"),
    );
    const neither = { ...enqueue("support"), queue: undefined };
    const both = { ...enqueueTask(workflowSid, {}), queue: "support" };
    for (const verb of [neither, both]) {
      expect(refusalOf(verb)).toBe(refused("enqueue: either a queue's name or a task"));
    }
    const bare = { ...enqueueTask(workflowSid, {}), attributes: {} };
    expect(refusalOf(bare)).toBe(refused("enqueue: a task needs workflowSid"));
  });

  test("enqueue with a URL that is ours to set is refused when the flow loads", () => {
    for (const name of ["action", "waitUrl", "method"]) {
      const verb = enqueue("support", { [name]: "https://example.com/" });
      expect(refusalOf(verb)).toBe(refused(`enqueue: has no attribute ${name} here`));
    }
  });
});

describe("a wait", () => {
  test("a wait is a document of its own that whoever waits hears again and again", () => {
    const heard = wait([say("Please hold.")], { leave: "9" });
    for (const verb of [enqueue("support", { wait: heard }), enqueueTask(workflowSid, {}, { wait: heard })]) {
      expect(rendered(verb).attributes.waitUrl).toBe("https://p.example.com/wait");
      expect(refusalOf(verb)).toBe("accepted");
    }
  });

  test("a wait with a record in it, or a key that is none, is refused when the flow loads", () => {
    const with_ = (...args: Parameters<typeof wait>) => refusalOf(enqueue("support", { wait: wait(...args) }));
    expect(with_([record() as never])).toBe(
      refused("enqueue: wait: 'record' cannot stand in it: only say, play, pause"),
    );
    expect(with_([say("x")], { leave: "12" })).toBe(refused("enqueue: wait: its key is one of 0-9 * #"));
  });
});
