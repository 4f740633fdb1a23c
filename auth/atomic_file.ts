/**
 * Gives a file a new content, so that at any moment, whatever happens, it has
 * either the old content or the new one, whole, and on disk when the promise is
 * done. Folders are made if need be. Only the server's user may read it.
 *
 * If the process is killed meanwhile, a file may stay behind whose name begins
 * with a dot; it is ignored, and {@linkcode removeLeftovers} removes it.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const [folder, name] = split(path);
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  const suffix = crypto.getRandomValues(new Uint8Array(8)).toHex();
  const temporary = `${folder}/.${name.slice(0, 200)}.${suffix}${SUFFIX}`;
  try {
    await writeAndSync(temporary, text);
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
  await syncFolder(folder);
}

/** Removes a file; it is gone for good when the promise is done. */
export async function removeFile(path: string): Promise<void> {
  await Deno.remove(path);
  await syncFolder(split(path)[0]);
}

/**
 * Removes what interrupted writes have left in a folder and the folders in it.
 * For the start of the server: nothing may be under way.
 */
export async function removeLeftovers(folder: string): Promise<void> {
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const path = `${folder}/${name}`;
      if (isDirectory) await removeLeftovers(path);
      else if (LEFTOVER.test(name)) await Deno.remove(path);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

const SUFFIX = ".tmp";
const LEFTOVER = /^\..*\.[\da-f]{16}\.tmp$/;

function split(path: string): [folder: string, name: string] {
  const slash = path.lastIndexOf("/");
  return slash < 0
    ? [".", path]
    : [path.slice(0, slash), path.slice(slash + 1)];
}

async function writeAndSync(path: string, text: string): Promise<void> {
  using file = await Deno.open(path, {
    write: true,
    createNew: true,
    mode: 0o600,
  });
  let bytes = new TextEncoder().encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(await file.write(bytes));
  await file.sync();
}

/** Makes a rename last (fsync(2): a file's sync does not cover its name). */
async function syncFolder(folder: string): Promise<void> {
  using file = await Deno.open(folder, { read: true });
  await file.sync();
}
