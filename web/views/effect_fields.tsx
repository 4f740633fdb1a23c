import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { renewEffects } from "../call/apply_setting.ts";
import { chooseFile } from "../media/choose_file.ts";
import { hasOwnPicture, keepOwnPicture } from "../media/effects/backdrops.ts";
import { BACKGROUNDS, FILTERS } from "../media/effects/picture_effect.ts";
import type { Preferences } from "../media/preferences.ts";
import { STRINGS } from "../strings.ts";
import { ChoiceField } from "./choice_field.tsx";
import { usePage } from "./page.ts";
import { Toggle } from "./toggle.tsx";

/** What stands behind one in the picture; a picture of one's own, too. */
export function BackgroundField(): JSX.Element {
  const page = usePage();
  const { preferences, media, notices } = page;
  const busy = useSignal(false);
  const { background } = preferences.current.value;
  const words = STRINGS.settings;
  const choose = async (chosen: Preferences["background"]) => {
    preferences.update({ background: chosen });
    busy.value = true;
    // A camera that did not open because of the last choice has another chance.
    if (media.problem("camera").peek() === "effect") await media.open("camera");
    else await renewEffects(page, "camera", { background });
    busy.value = false;
  };
  const chooseOwn = async () => {
    const file = await chooseFile("image/jpeg,image/png,image/webp");
    if (file === undefined) return;
    try {
      await keepOwnPicture(file, localStorage);
    } catch {
      return notices.show("error", words.badBackground);
    }
    await choose("own");
  };
  return (
    <div class="field-row background-field" aria-busy={busy.value}>
      <ChoiceField
        label={words.background}
        testId="setting-background"
        choices={BACKGROUNDS}
        words={words.backgrounds}
        chosen={background}
        onChoose={(chosen) =>
          chosen === "own" && !hasOwnPicture(localStorage)
            ? chooseOwn()
            : choose(chosen)}
      />
      <button
        type="button"
        class="button button-small"
        data-testid="own-background"
        onClick={chooseOwn}
      >
        {words.ownBackground}
      </button>
    </div>
  );
}

/** Turns the picture that others get. */
export function FilterField(): JSX.Element {
  const page = usePage();
  const { preferences } = page;
  const { filter } = preferences.current.value;
  const words = STRINGS.settings;
  return (
    <ChoiceField
      label={words.filter}
      testId="setting-filter"
      choices={FILTERS}
      words={words.filters}
      chosen={filter}
      onChoose={(chosen) => {
        preferences.update({ filter: chosen });
        void renewEffects(page, "camera", { filter });
      }}
    />
  );
}

/** Takes away what is no voice. */
export function NoiseField(): JSX.Element {
  const page = usePage();
  const words = STRINGS.settings;
  return (
    <Toggle
      name="strongNoiseSuppression"
      label={words.strongNoiseSuppression}
      hint={words.strongNoiseSuppressionHint}
      onChange={() => void renewEffects(page, "microphone", {})}
    />
  );
}
