import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import {
  type Loaded,
  loadPublicGroups,
  type PublicStatus,
} from "../pages/group_status.ts";
import { STRINGS } from "../strings.ts";
import { Icon } from "./icons.tsx";

type Groups = Loaded<readonly PublicStatus[]>;

/** The groups that anybody may see. */
export function PublicGroups(): JSX.Element {
  const groups = useSignal<Groups>({ kind: "loading" });
  const load = async () => {
    groups.value = { kind: "loading" };
    groups.value = await loadPublicGroups();
  };
  useEffect(() => void load(), []);

  return (
    <section class="public-groups" aria-labelledby="public-groups-title">
      <h2 id="public-groups-title">{STRINGS.landing.publicGroups}</h2>
      <div aria-live="polite">
        <Content groups={groups.value} onRetry={load} />
      </div>
    </section>
  );
}

function Content(
  { groups, onRetry }: {
    readonly groups: Groups;
    readonly onRetry: () => void;
  },
): JSX.Element {
  const words = STRINGS.landing;
  if (groups.kind === "loading") return <p class="soft">{words.loading}</p>;
  if (groups.kind !== "loaded") {
    return (
      <div class="empty">
        <p>{words.loadFailed}</p>
        <button type="button" class="button" onClick={onRetry}>
          {words.tryAgain}
        </button>
      </div>
    );
  }
  if (groups.value.length === 0) {
    return (
      <div class="empty">
        <p>{words.noGroups}</p>
        <p class="soft">{words.noGroupsHint}</p>
      </div>
    );
  }
  return (
    <ul class="group-list">
      {groups.value.map((group) => (
        <GroupCard
          key={group.name}
          group={group}
        />
      ))}
    </ul>
  );
}

function GroupCard({ group }: { readonly group: PublicStatus }): JSX.Element {
  const words = STRINGS.landing;
  const count = group.clientCount ?? 0;
  return (
    <li>
      <a class="group-card" href={group.address}>
        <span class="group-card-text">
          <span class="group-card-name">{group.displayName}</span>
          {group.description !== "" && (
            <span class="group-card-description">{group.description}</span>
          )}
        </span>
        {group.locked && (
          <span class="badge badge-warning">
            <Icon name="lock" /> {words.locked}
          </span>
        )}
        {group.redirect !== ""
          // How many are there only the other server knows.
          ? <span class="badge">{words.elsewhere}</span>
          : (
            <span class={count > 0 ? "badge badge-live" : "badge"}>
              {count > 0 ? words.people({ count }) : words.empty}
            </span>
          )}
        <Icon name="forward" />
      </a>
    </li>
  );
}
