/**
 * Lets the user choose a file. Browsers allow it in the handler of a key or a
 * click only.
 *
 * @param accept as of an `<input>`; empty for any file
 * @returns never settles if the user changes their mind on an old browser
 */
export function chooseFile(accept: string): Promise<File | undefined> {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = accept;
  return new Promise((resolve) => {
    input.addEventListener("change", () => resolve(input.files?.[0]));
    input.addEventListener("cancel", () => resolve(undefined));
    input.click();
  });
}
