import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { openForStart } from "../media/start.ts";
import type { Refusal } from "../state/session_state.ts";
import { HOME_ADDRESS, LOGO_ADDRESS } from "../pages/base_path.ts";
import { STRINGS } from "../strings.ts";
import { DeviceSelect } from "./device_select.tsx";
import { BackgroundField } from "./effect_fields.tsx";
import { Icon } from "./icons.tsx";
import { usePage } from "./page.ts";
import { LanguageSelect } from "./language_field.tsx";
import { Preview } from "./preview.tsx";
import { StartChoice } from "./start_choice.tsx";

/** The way into the call: who one is, and what one sends. */
export function JoinScreen(): JSX.Element {
  const { store, media, preferences } = usePage();
  const { name, start } = preferences.current.value;
  const screen = useRef<HTMLElement>(null);
  useEffect(() => void openForStart(media, start), [start]);
  useEffect(() => {
    // Where there is something to write; nowhere else, as phones hide half of
    // the page behind a keyboard then. But on the page: see `useScreenFocus`.
    const field = screen.current?.querySelector("input");
    const target = name === "" ? field : screen.current;
    target?.focus({ preventScroll: true });
  }, []);

  const { title, description } = store.state.value.group;
  return (
    <main class="join" ref={screen} tabIndex={-1}>
      <div class="join-inner">
        <header class="join-header">
          <a href={HOME_ADDRESS} class="brand">
            <img
              class="logo"
              src={LOGO_ADDRESS}
              alt=""
              width="28"
              height="28"
            />
            {STRINGS.product}
          </a>
          <LanguageSelect preferences={preferences} />
        </header>
        <Preview name={name} />
        <section class="join-side card">
          <h1>{title}</h1>
          {description !== "" && <p class="soft">{description}</p>}
          <JoinForm />
        </section>
        <PreviewDevices />
      </div>
    </main>
  );
}

function PreviewDevices(): JSX.Element {
  const { media, preferences, chimes } = usePage();
  const { start, cameraId, microphoneId, speakerId } = preferences.current
    .value;
  const { cameras, microphones, speakers } = media.devices.value;
  const change = async (
    kind: "camera" | "microphone",
    choice: { cameraId: string } | { microphoneId: string },
  ) => {
    const old = media[kind].peek();
    preferences.update(choice);
    await media.reopen(kind);
    if (old !== null) media.release(old);
  };
  return (
    <div class="join-devices">
      {start !== "nothing" && (
        <DeviceSelect
          kind="microphone"
          devices={microphones}
          chosen={microphoneId}
          onChoose={(id) => change("microphone", { microphoneId: id })}
        />
      )}
      {start === "camera" && (
        <DeviceSelect
          kind="camera"
          devices={cameras}
          chosen={cameraId}
          onChoose={(id) => change("camera", { cameraId: id })}
        />
      )}
      {start === "camera" && <BackgroundField />}
      <div class="speaker-field">
        <DeviceSelect
          kind="speaker"
          devices={speakers}
          chosen={speakerId}
          onChoose={(id) => preferences.update({ speakerId: id })}
        />
        <button
          type="button"
          class="icon-button"
          aria-label={STRINGS.join.testSpeaker}
          title={STRINGS.join.testSpeaker}
          data-testid="test-speaker"
          onClick={() => chimes.play("test", speakerId)}
        >
          <Icon name="speaker" />
        </button>
      </div>
    </div>
  );
}

function JoinForm(): JSX.Element {
  const { store, session, levels, preferences, invite } = usePage();
  const { phase, group } = store.state.value;
  const { name, start } = preferences.current.value;
  const password = useSignal("");
  const words = STRINGS.join;
  const busy = phase.kind === "connecting";
  const refusal = phase.kind === "join" ? phase.refusal : undefined;

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    // The click that joins is also what lets browsers play sound.
    void levels.resume();
    session.join({
      username: name.trim(),
      password: password.value,
      token: invite.value,
      authServer: group.authServer,
    });
  };

  return (
    <form class="join-form" onSubmit={submit}>
      <Refused refusal={refusal} />
      {group.locked && refusal === undefined && (
        <p class="notice notice-warning">
          <Icon name="lock" />
          <span>{words.locked}</span>
        </p>
      )}
      <label class="field">
        <span class="field-label">{words.name}</span>
        <input
          data-testid="join-name"
          value={name}
          onInput={(event) =>
            preferences.update({ name: event.currentTarget.value })}
          placeholder={words.namePlaceholder}
          autocomplete="username"
          maxLength={60}
          required
          aria-invalid={refusal?.field === "name"}
        />
      </label>
      {invite.value === "" && (
        <label class="field">
          <span class="field-label">{words.password}</span>
          <input
            data-testid="join-password"
            type="password"
            value={password.value}
            onInput={(event) => password.value = event.currentTarget.value}
            placeholder={words.passwordHint}
            autocomplete="current-password"
            aria-invalid={refusal?.field === "password"}
          />
        </label>
      )}
      <StartChoice
        chosen={start}
        onChoose={(choice) => preferences.update({ start: choice })}
      />
      <button
        type="submit"
        class="button button-primary button-large"
        data-testid="join-button"
        disabled={busy}
      >
        {busy ? <span class="spinner" /> : null}
        {busy ? words.joining : words.join}
      </button>
    </form>
  );
}

function Refused(
  { refusal }: { readonly refusal: Refusal | undefined },
): JSX.Element {
  return (
    <div role="alert">
      {refusal !== undefined && (
        <div class="notice notice-error">
          <Icon name="warning" />
          <div>
            <strong>{refusal.title}</strong>
            <p>{refusal.advice}</p>
          </div>
        </div>
      )}
    </div>
  );
}
