import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { AdminSession, AdminStore } from "../../admin/admin_session.ts";
import type { PreferenceStore } from "../../media/preference_store.ts";

/** The parts of the administrators' page. */
export interface Admin {
  readonly store: AdminStore;
  readonly session: AdminSession;
  readonly preferences: PreferenceStore;
}

/** Where views find them. */
export const AdminContext = createContext<Admin | undefined>(undefined);

/** The parts of the page that a view is on. */
export function useAdmin(): Admin {
  const admin = useContext(AdminContext);
  if (admin === undefined) throw new Error("There is no page around this view");
  return admin;
}
