import { fireEvent } from "@testing-library/react";
import { type ReactElement, type Ref, useImperativeHandle, useLayoutEffect, useRef } from "react";

interface ListProps {
  readonly ref: Ref<object>;
  readonly data: readonly unknown[];
  readonly shift: boolean;
  readonly children: (row: unknown) => ReactElement;
}

/** What tests see and set of the list, of which there is one at a time. jsdom measures nothing: all rows are drawn. */
class FakeList {
  /** What is scrolled, and holds the list. */
  view: HTMLElement | null = null;
  scrollSize = 1000;
  viewportSize = 400;
  /** The text of each row that was scrolled to, and where in the view it came. */
  readonly scrolledTo: { text: string; align: string }[] = [];
  readonly shifts: boolean[] = [];

  reset(): void {
    Object.assign(this, { view: null, scrollSize: 1000, viewportSize: 400 });
    this.scrolledTo.length = 0;
    this.shifts.length = 0;
  }

  /** The browser tells later, or not at all. */
  stand(offset: number): void {
    if (this.view === null) throw new Error("there is no list");
    this.view.scrollTop = offset;
  }

  /** As a person does. */
  scrollTo(offset: number): void {
    this.stand(offset);
    if (this.view !== null) fireEvent.scroll(this.view);
  }
}

export const list = new FakeList();

/** Stands for virtua's in component tests: `vi.mock("virtua", () => import("../../test/fakeVirtua.tsx"))`. */
export function Virtualizer({ ref, data, shift, children }: ListProps) {
  const box = useRef<HTMLDivElement>(null);
  useImperativeHandle(ref, () => ({
    get scrollSize() {
      return list.scrollSize;
    },
    get viewportSize() {
      return list.viewportSize;
    },
    scrollToIndex(index: number, { align }: { align: string }) {
      list.scrolledTo.push({ text: box.current?.children[index]?.textContent ?? "", align });
    },
  }));
  useLayoutEffect(() => {
    list.view = box.current?.parentElement ?? null;
    list.shifts.push(shift);
  });
  return (
    <div ref={box}>
      {data.map((row) => {
        const drawn = children(row);
        return <div key={drawn.key}>{drawn}</div>;
      })}
    </div>
  );
}
