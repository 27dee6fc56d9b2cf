import { useEffect, useState } from "react";

/** A value that waits until it has not changed for a while: what is typed, without each of its letters. */
export function useSettled<T>(value: T, quiet_ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSettled(value);
    }, quiet_ms);
    return () => {
      clearTimeout(timer);
    };
  }, [value, quiet_ms]);
  return settled;
}
