/** Names and texts of the system's error numbers, as the logs and errors of native calls print them. */
import { getSystemErrorMap } from 'node:util';

/** @param errno positive number @returns `ENOMEM`, or the number as text when nobody knows it */
export function getSystemErrorName(errno: number): string {
  return getSystemErrorMap().get(-errno)?.[0] ?? `error ${errno}`;
}

/** @param errno positive number @returns `not enough memory` … */
export function getSystemErrorMessage(errno: number): string {
  return getSystemErrorMap().get(-errno)?.[1] ?? 'unknown error';
}
