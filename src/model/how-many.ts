/** So many things in words, by thousands: `1 state`, `2,000 states`, `1 pair of states`. */
export function howMany(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}
