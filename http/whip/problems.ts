import {
  ILLEGAL_GROUP_NAME,
  INTERNAL_ERROR,
  NO_SUCH_GROUP,
  NOT_AUTHORISED,
  TOO_MANY_ATTEMPTS,
  TOO_MANY_USERS,
} from "../../protocol/join_refusals.ts";
import { HttpProblem } from "../api/http_problem.ts";
import type { JoinOutcome } from "./program_client.ts";

/**
 * How to answer somebody whom the group does not let in.
 *
 * @param command what was asked for, below the group's page
 */
export function toJoinProblem(
  outcome: Exclude<JoinOutcome, { kind: "joined" }>,
  command: ".whip" | ".whep",
): HttpProblem {
  switch (outcome.kind) {
    case "ended":
      return ended();
    case "redirected":
      return new HttpProblem(307, "The group is elsewhere", {
        "Location": `${outcome.url.replace(/\/$/, "")}/${command}`,
      });
    case "refused":
      return toRefusal(outcome.text);
  }
}

/** The client was sent away while it waited, or the server stops. */
export function ended(): HttpProblem {
  return new HttpProblem(503, "The session has ended", { "Retry-After": "5" });
}

function toRefusal(text: string): HttpProblem {
  switch (text) {
    case NOT_AUTHORISED:
      return new HttpProblem(401, text, { "WWW-Authenticate": "Bearer" });
    case NO_SUCH_GROUP:
    case ILLEGAL_GROUP_NAME:
      return new HttpProblem(404, text);
    case TOO_MANY_ATTEMPTS:
      return new HttpProblem(429, text, { "Retry-After": "60" });
    case TOO_MANY_USERS:
      return new HttpProblem(503, text, { "Retry-After": "30" });
    case INTERNAL_ERROR:
      return new HttpProblem(500, text);
    default: // locked, not open yet, closed, without operators: see J-6
      return new HttpProblem(403, text);
  }
}
