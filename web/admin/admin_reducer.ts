import { assertNever } from "../../lib/assert_never.ts";
import {
  type AdminAction,
  type AdminState,
  type OpenGroup,
  SIGNED_OUT,
} from "./admin_state.ts";
import { differingFields, type Draft, withDraft } from "./documents.ts";
import { MAX_SAMPLES, toSample } from "./statistics_sample.ts";

/** What an action makes of the state of the administrators' page. */
export function reduceAdmin(
  state: AdminState,
  action: AdminAction,
): AdminState {
  switch (action.kind) {
    case "asked":
      return { ...state, busy: true, outcome: undefined };
    case "ended":
      return { ...state, busy: false, outcome: action.outcome };
    case "signed-in":
      return { ...state, account: { kind: "in", username: action.username } };
    case "signed-out":
      return {
        ...SIGNED_OUT,
        account: { kind: "out", refusal: action.refusal },
      };
    case "section-chosen":
      return { ...state, section: action.section, outcome: undefined };
    case "groups-listed":
      return {
        ...state,
        groups: action.groups.toSorted((a, b) => a.localeCompare(b)),
      };
    case "group-closed":
      return { ...state, open: undefined };
    case "group-read":
      return { ...state, open: opened(state.open, action.group) };
    case "tab-chosen":
    case "drafted":
    case "draft-dropped":
    case "conflict-found":
    case "theirs-taken":
      return { ...state, open: state.open && reduceOpen(state.open, action) };
    case "measured":
      return {
        ...state,
        statistics: {
          samples: [...state.statistics.samples, toSample(action.groups)]
            .slice(-MAX_SAMPLES),
          groups: action.groups,
          isStale: false,
        },
      };
    case "measuring-failed":
      return { ...state, statistics: { ...state.statistics, isStale: true } };
    case "invitations-read":
      return { ...state, invitations: action.invitations };
    case "limits-read":
      return { ...state, limits: action.limits };
    default:
      return assertNever(action);
  }
}

/**
 * The group as it has been read. What the user has changed stays, as far as it
 * is not what holds now anyway.
 */
function opened(
  before: OpenGroup | undefined,
  group: Omit<OpenGroup, "tab" | "draft" | "theirs">,
): OpenGroup {
  if (before?.name !== group.name) {
    return { ...group, tab: "settings", draft: {}, theirs: undefined };
  }
  const { tab, draft, theirs } = before;
  return { ...group, tab, draft, theirs };
}

type OpenAction = Extract<
  AdminAction,
  {
    kind:
      | "tab-chosen"
      | "drafted"
      | "draft-dropped"
      | "conflict-found"
      | "theirs-taken";
  }
>;

function reduceOpen(open: OpenGroup, action: OpenAction): OpenGroup {
  switch (action.kind) {
    case "tab-chosen":
      return { ...open, tab: action.tab };
    case "drafted":
      return {
        ...open,
        draft: realChanges(open, { ...open.draft, ...action.change }),
      };
    case "draft-dropped":
      return { ...open, draft: {}, theirs: undefined };
    case "conflict-found":
      return { ...open, theirs: action.theirs };
    case "theirs-taken":
      return {
        ...open,
        version: open.theirs ?? open.version,
        draft: {},
        theirs: undefined,
      };
    default:
      return assertNever(action);
  }
}

/** Without fields that are again as they were. */
function realChanges({ version }: OpenGroup, draft: Draft): Draft {
  const before = version.description;
  const changed = new Set<string>(
    differingFields(before, withDraft(before, draft)),
  );
  return Object.fromEntries(
    Object.entries(draft).filter(([name]) => changed.has(name)),
  );
}
