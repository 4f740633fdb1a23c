import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { isQuality, QUALITIES } from "../media/quality.ts";
import { STRINGS } from "../strings.ts";
import { DeviceSelect } from "./device_select.tsx";
import { Icon } from "./icons.tsx";
import { usePage } from "./page.ts";

/** Devices, quality and looks; every change holds at once. */
export function SettingsDialog(
  { onClose }: { readonly onClose: () => void },
): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const words = STRINGS.settings;
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-label={words.title}
      data-testid="settings"
      onClose={onClose}
      onClick={(event) => {
        // Only the backdrop is the dialog itself.
        if (event.target === dialog.current) dialog.current?.close();
      }}
    >
      <div class="dialog-inner">
        <header class="panel-header">
          <h2>{words.title}</h2>
          <button
            type="button"
            class="icon-button"
            aria-label={words.close}
            onClick={() => dialog.current?.close()}
          >
            <Icon name="close" />
          </button>
        </header>
        <DeviceFields />
        <QualityField />
        <MirrorField />
        <Shortcuts />
      </div>
    </dialog>
  );
}

function DeviceFields(): JSX.Element {
  const { media, preferences, session } = usePage();
  const { microphones, cameras, speakers } = media.devices.value;
  const chosen = preferences.current.value;
  return (
    <>
      <DeviceSelect
        kind="microphone"
        devices={microphones}
        chosen={chosen.microphoneId}
        onChoose={(id) => {
          preferences.update({ microphoneId: id });
          void session.publishing.changeDevice("microphone");
        }}
      />
      <DeviceSelect
        kind="camera"
        devices={cameras}
        chosen={chosen.cameraId}
        onChoose={(id) => {
          preferences.update({ cameraId: id });
          void session.publishing.changeDevice("camera");
        }}
      />
      {speakers.length > 0 && (
        <DeviceSelect
          kind="speaker"
          devices={speakers}
          chosen={chosen.speakerId}
          onChoose={(id) => preferences.update({ speakerId: id })}
        />
      )}
    </>
  );
}

function QualityField(): JSX.Element {
  const { preferences, session } = usePage();
  const words = STRINGS.settings;
  return (
    <label class="field">
      <span class="field-label">{words.quality}</span>
      <select
        data-testid="camera-quality"
        value={preferences.current.value.quality}
        onChange={(event) => {
          const quality = event.currentTarget.value;
          if (!isQuality(quality)) return;
          preferences.update({ quality });
          void session.publishing.changeDevice("camera");
        }}
      >
        {QUALITIES.map((quality) => (
          <option key={quality} value={quality}>
            {words.qualities[quality]}
          </option>
        ))}
      </select>
    </label>
  );
}

function MirrorField(): JSX.Element {
  const { preferences } = usePage();
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={preferences.current.value.mirror}
        onChange={(event) =>
          preferences.update({ mirror: event.currentTarget.checked })}
      />
      {STRINGS.settings.mirror}
    </label>
  );
}

function Shortcuts(): JSX.Element {
  const words = STRINGS.settings;
  const modifier = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘" : "Ctrl";
  return (
    <dl class="shortcuts" aria-label={words.shortcuts}>
      <div>
        <dt>{words.shortcutMicrophone}</dt>
        <dd>
          <kbd>{modifier}</kbd> <kbd>D</kbd>
        </dd>
      </div>
      <div>
        <dt>{words.shortcutCamera}</dt>
        <dd>
          <kbd>{modifier}</kbd> <kbd>E</kbd>
        </dd>
      </div>
    </dl>
  );
}
