import type { JSX } from "preact";
import { STRINGS } from "../strings.ts";
import { chooseDevice, type ChosenKind } from "./device_choice.ts";
import { DeviceSelect } from "./device_select.tsx";
import { Dialog } from "./dialog.tsx";
import { LanguageField } from "./language_field.tsx";
import { MicrophoneLevel } from "./microphone_level.tsx";
import { usePage } from "./page.ts";
import { NotificationField } from "./notification_field.tsx";
import { PasswordField } from "./password_field.tsx";
import { ReceiveFields, SendFields } from "./quality_fields.tsx";
import { Toggle } from "./toggle.tsx";

/** Devices, quality and looks; every change holds at once. */
export function SettingsDialog(): JSX.Element {
  const { store } = usePage();
  const words = STRINGS.settings;
  const { groups } = words;
  return (
    <Dialog title={words.title} testId="settings" wide>
      <Section title={groups.devices}>
        <DeviceFields />
      </Section>
      <Section title={groups.sending}>
        <SendFields />
      </Section>
      <Section title={groups.receiving}>
        <ReceiveFields />
      </Section>
      <Section title={groups.page}>
        <LanguageField />
        <Toggle name="sounds" label={words.sounds} />
        <NotificationField />
      </Section>
      {store.state.value.group.canChangePassword && (
        <Section title={words.password.title}>
          <PasswordField
            group={store.state.value.group.name}
            username={store.state.value.me.username}
          />
        </Section>
      )}
    </Dialog>
  );
}

function Section(
  { title, children }: {
    readonly title: string;
    readonly children: JSX.Element | JSX.Element[];
  },
): JSX.Element {
  return (
    <fieldset class="settings-section">
      <legend>{title}</legend>
      {children}
    </fieldset>
  );
}

function DeviceFields(): JSX.Element {
  const page = usePage();
  const { media, preferences, chimes } = page;
  const { microphones, cameras, speakers } = media.devices.value;
  const chosen = preferences.current.value;
  const choose = (kind: ChosenKind) => (id: string) =>
    chooseDevice(page, kind, id);
  return (
    <>
      <DeviceSelect
        kind="microphone"
        devices={microphones}
        chosen={chosen.microphoneId}
        onChoose={choose("microphone")}
      />
      <MicrophoneLevel />
      <DeviceSelect
        kind="camera"
        devices={cameras}
        chosen={chosen.cameraId}
        onChoose={choose("camera")}
      />
      {speakers.length > 0 && (
        <DeviceSelect
          kind="speaker"
          devices={speakers}
          chosen={chosen.speakerId}
          onChoose={choose("speaker")}
        />
      )}
      <button
        type="button"
        class="button button-small settings-test"
        onClick={() => chimes.play("test", chosen.speakerId)}
      >
        {STRINGS.join.testSpeaker}
      </button>
    </>
  );
}
