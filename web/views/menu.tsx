import type { ComponentChildren, JSX } from "preact";
import { createContext } from "preact";
import { useSignal } from "@preact/signals";
import { useContext, useLayoutEffect, useRef } from "preact/hooks";
import { Icon, type IconName } from "./icons.tsx";
import { placeMenu } from "./place_menu.ts";

/** Closes the menu that a view is in. */
const MenuContext = createContext<() => void>(() => undefined);

/**
 * A button with actions that come up at a click and go with a choice, a click
 * beside them or Escape. Inside are `MenuItem`s and whatever else is wanted.
 */
export function Menu(
  { label, icon, children, testId, class: extra = "", trigger = "icon-button" }:
    {
      readonly label: string;
      readonly icon: IconName;
      readonly children: ComponentChildren;
      readonly testId?: string;
      readonly class?: string;
      /** The class of the button. */
      readonly trigger?: string;
    },
): JSX.Element {
  const open = useSignal(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    const inside = root.current?.contains(document.activeElement) ?? false;
    open.value = false;
    if (inside) button.current?.focus();
  };
  useDismissal(root, open.value, close);
  return (
    <div class={`menu-place ${extra}`} ref={root}>
      <button
        ref={button}
        type="button"
        class={trigger}
        aria-label={label}
        data-tip={label}
        aria-expanded={open.value}
        data-testid={testId}
        onClick={() => open.value = !open.value}
      >
        <Icon name={icon} />
      </button>
      {open.value && (
        <MenuBody label={label} button={button.current}>
          <MenuContext.Provider value={close}>{children}</MenuContext.Provider>
        </MenuBody>
      )}
    </div>
  );
}

/** Above everything, where no tile or list cuts it off. */
function MenuBody(
  { label, button, children }: {
    readonly label: string;
    readonly button: HTMLElement | null;
    readonly children: ComponentChildren;
  },
): JSX.Element {
  const menu = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = menu.current;
    if (element === null || button === null) return;
    element.showPopover();
    const place = () => {
      const { left, top } = placeMenu(
        button.getBoundingClientRect(),
        element.getBoundingClientRect(),
        { width: innerWidth, height: innerHeight },
      );
      element.style.left = `${left}px`;
      element.style.top = `${top}px`;
    };
    place();
    addEventListener("resize", place);
    return () => removeEventListener("resize", place);
  }, []);
  return (
    <div
      ref={menu}
      class="menu"
      popover="manual"
      role="group"
      aria-label={label}
    >
      {children}
    </div>
  );
}

/** While it is open, a click beside it, leaving it by Tab, or Escape closes it. */
function useDismissal(
  root: { readonly current: HTMLElement | null },
  open: boolean,
  close: () => void,
): void {
  // At once, or a quick Escape would come before anybody listens.
  useLayoutEffect(() => {
    if (!open) return;
    const handleAway = (event: Event) => {
      const isInside = event.target instanceof Node &&
        root.current?.contains(event.target);
      if (!isInside) close();
    };
    const handleKey = (event: KeyboardEvent) => {
      if (event.key === "Escape") close();
      else if (!moveFocus(root.current, event)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    document.addEventListener("pointerdown", handleAway, true);
    document.addEventListener("focusin", handleAway);
    document.addEventListener("keydown", handleKey, true);
    return () => {
      document.removeEventListener("pointerdown", handleAway, true);
      document.removeEventListener("focusin", handleAway);
      document.removeEventListener("keydown", handleKey, true);
    };
  }, [open]);
}

/** Arrows lead from choice to choice, unless what has the focus needs them. */
function moveFocus(
  root: HTMLElement | null,
  { key, target }: KeyboardEvent,
): boolean {
  if (root === null || !(target instanceof HTMLElement)) return false;
  if (!root.contains(target) || target.matches("select, input")) return false;
  const all = [
    ...root.querySelectorAll<HTMLElement>(
      ".menu :is(button, select, input):not(:disabled)",
    ),
  ].filter((element) => element.checkVisibility());
  const at = all.indexOf(target);
  const next = {
    ArrowDown: at + 1,
    ArrowUp: at < 0 ? all.length - 1 : at - 1,
    Home: 0,
    End: all.length - 1,
  }[key];
  if (next === undefined) return false;
  all.at(next % all.length)?.focus();
  return true;
}

/** Closes the menu that a view is in; does nothing outside of one. */
export function useCloseMenu(): () => void {
  return useContext(MenuContext);
}

/** Something to choose in a {@linkcode Menu}, which it closes. */
export function MenuItem(
  { label, icon, danger = false, checked, narrow, testId, onChoose }: {
    readonly label: string;
    readonly icon?: IconName;
    readonly danger?: boolean;
    /** Of one among several: whether it is the present one. */
    readonly checked?: boolean;
    /** Only on narrow pages, where the bar has no room for it. */
    readonly narrow?: boolean;
    readonly testId?: string;
    readonly onChoose: () => void;
  },
): JSX.Element {
  const close = useCloseMenu();
  return (
    <button
      type="button"
      class={danger ? "action action-danger" : "action"}
      aria-pressed={checked}
      data-narrow={narrow ? "" : undefined}
      data-testid={testId}
      onClick={() => {
        close();
        onChoose();
      }}
    >
      {icon !== undefined && <Icon name={icon} />}
      <span>{label}</span>
      {checked && <Icon name="check" />}
    </button>
  );
}
