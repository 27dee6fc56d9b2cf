import { act } from "@testing-library/react";
import { type ReactElement, type Ref, useImperativeHandle, useLayoutEffect, useRef } from "react";

interface ListProps {
  readonly ref: Ref<object>;
  readonly data: readonly unknown[];
  readonly shift: boolean;
  readonly children: (row: unknown) => ReactElement;
  readonly onScroll: (offset: number) => void;
}

/** What tests see and set of the list, of which there is one at a time. jsdom measures nothing: all rows are drawn. */
class FakeList {
  scrollOffset = 0;
  scrollSize = 1000;
  viewportSize = 400;
  /** The text of each row that was scrolled to, and where in the view it came. */
  readonly scrolledTo: { text: string; align: string }[] = [];
  readonly shifts: boolean[] = [];
  onScroll: (offset: number) => void = () => undefined;

  reset(): void {
    Object.assign(this, { scrollOffset: 0, scrollSize: 1000, viewportSize: 400 });
    this.scrolledTo.length = 0;
    this.shifts.length = 0;
  }

  /** As a person does. */
  scrollTo(offset: number): void {
    this.scrollOffset = offset;
    act(() => {
      this.onScroll(offset);
    });
  }
}

export const list = new FakeList();

/** Stands for virtua's in component tests: `vi.mock("virtua", () => import("../../test/fakeVirtua.tsx"))`. */
export function Virtualizer({ ref, data, shift, children, onScroll }: ListProps) {
  const box = useRef<HTMLDivElement>(null);
  useImperativeHandle(ref, () => ({
    get scrollOffset() {
      return list.scrollOffset;
    },
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
    list.onScroll = onScroll;
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
