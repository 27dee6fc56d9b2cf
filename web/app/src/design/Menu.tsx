import { lazy, type ReactNode, Suspense } from "react";

export interface MenuItem {
  readonly key: string;
  readonly icon: ReactNode;
  readonly label: ReactNode;
  readonly onSelect: () => void;
}

/** Where on the screen a menu opens, in pixels of the window. */
export interface MenuPlace {
  readonly x: number;
  readonly y: number;
}

export interface MenuProps {
  readonly label: string;
  readonly at: MenuPlace;
  readonly items: readonly MenuItem[];
  readonly onClose: () => void;
}

const OpenMenu = lazy(async () => ({ default: (await import("./OpenMenu.tsx")).OpenMenu }));

/** What can be done with something, over everything else on the page. It has the focus, and gives it back. */
export function Menu(props: MenuProps) {
  return (
    <Suspense>
      <OpenMenu {...props} />
    </Suspense>
  );
}
