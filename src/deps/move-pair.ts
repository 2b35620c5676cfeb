// The former and the new store of a move, one beside the other.
export interface MovePair<Store> {
  readonly from: Store;
  readonly to: Store;
}
