/** Told of changes, but not of each: drawing costs more than changing. */

export type Subscribe = (listener: () => void) => () => void;

/** The first change is told at once, what follows within `ms` together at their end. */
export function paced(subscribe: Subscribe, ms: number): Subscribe {
  return (listener) => {
    let timer: NodeJS.Timeout | null = null;
    let more = false;
    const tell = () => {
      more = false;
      timer = setTimeout(() => {
        timer = null;
        if (more) tell();
      }, ms);
      listener();
    };
    const end = subscribe(() => {
      if (timer === null) tell();
      else more = true;
    });
    return () => {
      if (timer !== null) clearTimeout(timer);
      end();
    };
  };
}
