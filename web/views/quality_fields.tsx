import type { JSX } from "preact";
import {
  RECEIVE_CHOICES,
  SEND_CHOICES,
  SIMULCAST_CHOICES,
} from "../media/preferences.ts";
import { QUALITIES } from "../media/quality.ts";
import { STRINGS } from "../strings.ts";
import { ChoiceField } from "./choice_field.tsx";
import { BackgroundField, FilterField, NoiseField } from "./effect_fields.tsx";
import { usePage } from "./page.ts";
import { Toggle } from "./toggle.tsx";

/** How sound and picture go out. */
export function SendFields(): JSX.Element {
  const { preferences, session } = usePage();
  const words = STRINGS.settings;
  const { quality, send, simulcast } = preferences.current.value;
  const retakeCamera = () => void session.publishing.changeDevice("camera");
  const retakeMicrophone = () =>
    void session.publishing.changeDevice("microphone");
  return (
    <>
      <ChoiceField
        label={words.quality}
        testId="camera-quality"
        choices={QUALITIES}
        words={words.qualities}
        chosen={quality}
        onChoose={(quality) => {
          preferences.update({ quality });
          retakeCamera();
        }}
      />
      <div class="field-row">
        <ChoiceField
          label={words.send}
          testId="setting-send"
          choices={SEND_CHOICES}
          words={words.sends}
          chosen={send}
          onChoose={(send) => {
            preferences.update({ send });
            retakeCamera();
          }}
        />
        <ChoiceField
          label={words.simulcast}
          testId="setting-simulcast"
          choices={SIMULCAST_CHOICES}
          words={words.simulcasts}
          chosen={simulcast}
          onChoose={(simulcast) => {
            preferences.update({ simulcast });
            retakeCamera();
          }}
        />
      </div>
      <BackgroundField />
      <FilterField />
      <Toggle name="mirror" label={words.mirror} />
      <Toggle
        name="blackboard"
        label={words.blackboard}
        hint={words.blackboardHint}
        onChange={retakeCamera}
      />
      <Toggle
        name="noiseSuppression"
        label={words.noiseSuppression}
        hint={words.noiseSuppressionHint}
        onChange={retakeMicrophone}
      />
      <NoiseField />
      <Toggle
        name="highQualityAudio"
        label={words.highQualityAudio}
        hint={words.highQualityAudioHint}
        onChange={retakeMicrophone}
      />
      <Toggle
        name="pushToTalk"
        label={words.pushToTalk}
        hint={words.pushToTalkHint}
        onChange={() => session.talk.handleJoined(preferences.current.peek())}
      />
      <Toggle name="muteReminder" label={words.muteReminder} />
    </>
  );
}

/** What comes in, and how it is shown. */
export function ReceiveFields(): JSX.Element {
  const { preferences, session } = usePage();
  const words = STRINGS.settings;
  return (
    <>
      <ChoiceField
        label={words.receive}
        testId="setting-receive"
        choices={RECEIVE_CHOICES}
        words={words.receives}
        chosen={preferences.current.value.receive}
        onChoose={(receive) => {
          preferences.update({ receive });
          session.request();
        }}
      />
      <Toggle name="activity" label={words.activity} />
      <Toggle name="showAudioOnly" label={words.showAudioOnly} />
    </>
  );
}
