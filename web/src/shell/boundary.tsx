import { Component, type ReactNode } from 'react';
import { reasonOf } from '../client/problem.ts';

interface Props {
  readonly children: ReactNode;
}

/** When a part of the page fails, the rest says so instead of vanishing; edits are kept and nothing is lost. */
export class Boundary extends Component<Props, { readonly fault: unknown }> {
  override readonly state: { readonly fault: unknown } = { fault: undefined };

  static getDerivedStateFromError(fault: unknown): { readonly fault: unknown } {
    return { fault };
  }

  override render(): ReactNode {
    const { fault } = this.state;
    if (fault === undefined) return this.props.children;
    return (
      <main className="waiting-page" role="alert">
        <h1>The page has failed</h1>
        <p>{reasonOf(fault)}</p>
        <p>What you changed is kept and shown again after loading.</p>
        <button type="button" className="button primary" onClick={() => location.reload()}>
          Load again
        </button>
      </main>
    );
  }
}
