// A component that is drawn again only when one of its properties is another one. Handlers are the same every time by
// what they do, so they do not count.

import { Component, createElement, type FunctionComponent } from "preact";

export function memo<P extends object>(draw: FunctionComponent<P>): FunctionComponent<P> {
  class Memo extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      const before = this.props as Record<string, unknown>;
      return Object.entries(next).some(([name, value]) => typeof value !== "function" && before[name] !== value);
    }

    override render(props: P) {
      return draw(props as never, undefined);
    }
  }
  return (props) => createElement(Memo as never, props as never);
}
