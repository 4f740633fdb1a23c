import assert from "node:assert/strict";
import { test } from "node:test";
import { toRefusal } from "./refusals.ts";

const failure = (message: string, error = "") => ({ message, error });

test("every refusal of the protocol has words of its own (A.3.1)", () => {
  const failures = [
    failure("username required", "need-username"),
    failure("not authorised: this username is taken", "duplicate-username"),
    failure("not authorised"),
    failure("group does not exist"),
    failure("this group is locked"),
    failure("this group is not open yet"),
    failure("this group is closed"),
    failure("there are no operators in this group"),
    failure("too many users"),
    failure("internal server error"),
  ];
  const titles = failures.map((each) => toRefusal(each, "password").title);

  assert.equal(new Set(titles).size, failures.length);
});

test("the field to correct is marked", () => {
  assert.equal(
    toRefusal(failure("not authorised"), "password").field,
    "password",
  );
  assert.equal(
    toRefusal(failure("username required", "need-username"), "token").field,
    "name",
  );
});

test("a token that is refused is not called a password", () => {
  assert.match(toRefusal(failure("not authorised"), "token").title, /invite/);
});

test("an operator's lock message is shown as it is", () => {
  const { advice } = toRefusal(failure("Back at two o'clock"), "password");

  assert.equal(advice, "Back at two o'clock");
});
