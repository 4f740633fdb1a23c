/** What a list of recordings says. */
export interface RecordingsWords {
  /** The title, before the group's name. */
  readonly title: string;
  readonly name: string;
  readonly size: string;
  /** Over the column of buttons. */
  readonly action: string;
  readonly remove: string;
  readonly none: string;
  /** Back to the group's page. */
  readonly back: string;
  /** Of several recordings, the button for one. `{name}` is the file's. */
  readonly removeOne: string;
}

/** The languages of the pages, as in the web client. */
export const RECORDINGS_WORDS: Readonly<Record<string, RecordingsWords>> = {
  en: {
    title: "Recordings",
    name: "Name",
    size: "Size",
    action: "Action",
    remove: "Delete",
    none: "There are no recordings.",
    back: "To the call",
    removeOne: "Delete {name}",
  },
  fr: {
    title: "Enregistrements",
    name: "Nom",
    size: "Taille",
    action: "Action",
    remove: "Supprimer",
    none: "Il n’y a aucun enregistrement.",
    back: "Vers l’appel",
    removeOne: "Supprimer {name}",
  },
  de: {
    title: "Aufzeichnungen",
    name: "Name",
    size: "Größe",
    action: "Aktion",
    remove: "Löschen",
    none: "Es gibt keine Aufzeichnungen.",
    back: "Zum Gespräch",
    removeOne: "{name} löschen",
  },
  es: {
    title: "Grabaciones",
    name: "Nombre",
    size: "Tamaño",
    action: "Acción",
    remove: "Eliminar",
    none: "No hay grabaciones.",
    back: "A la llamada",
    removeOne: "Eliminar {name}",
  },
  pl: {
    title: "Nagrania",
    name: "Nazwa",
    size: "Rozmiar",
    action: "Czynność",
    remove: "Usuń",
    none: "Nie ma nagrań.",
    back: "Do rozmowy",
    removeOne: "Usuń {name}",
  },
  ar: {
    title: "التسجيلات",
    name: "الاسم",
    size: "الحجم",
    action: "إجراء",
    remove: "حذف",
    none: "لا توجد تسجيلات.",
    back: "إلى المكالمة",
    removeOne: "حذف {name}",
  },
};

/** The first language of an `Accept-Language` header that there is; or English. */
export function chooseLanguage(header: string | null): string {
  const wanted = (header ?? "").slice(0, 200).split(",").map((part) => {
    const [tag = "", ...parameters] = part.trim().toLowerCase().split(";");
    const quality = parameters.map((one) => /^\s*q=([\d.]+)$/.exec(one)?.[1])
      .find((value) => value !== undefined);
    const [language = ""] = tag.split("-");
    return { language, quality: Number(quality ?? 1) };
  });
  const known = wanted
    .filter(({ language }) => Object.hasOwn(RECORDINGS_WORDS, language))
    .sort((a, b) => b.quality - a.quality);
  return known[0]?.language ?? "en";
}
