/**
 * MPLS label stacks in NLRI: 3 octets a label, 20 bits of it the label, 3 for the traffic class, the last one S, the bottom of
 * the stack (RFC 3032 section 2.1, RFC 8277 section 2). Text and octets; where a stack stands is left to the families.
 */
import type { Tokens } from '../util/tokens.js';

/** Octets of a label. */
export const LABEL_SIZE = 3;
/** Stands where a label would, in withdrawals (RFC 8277 section 2.4). */
export const WITHDRAW_LABEL = 0x800000;

const MAX_LABEL = 0xfffff;
const BOTTOM = 0x01;
/** The label and S, without the traffic class. */
const WITHOUT_CLASS = 0xfffff1;

/** The label field at `at`: 24 bits. */
export function readLabelField(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
}

/**
 * Length in octets of the stack at `start`: up to its bottom, or up to a field that stands for no label (in withdrawals).
 * @param end where it must end at the latest; a stack without a bottom before that is one label
 */
export function stackSize(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at + LABEL_SIZE <= end; at += LABEL_SIZE) {
    const field = readLabelField(bytes, at);
    const isNone = field === WITHDRAW_LABEL || (field & WITHOUT_CLASS) === 0;
    if ((field & BOTTOM) !== 0 || isNone) return at + LABEL_SIZE - start;
  }
  return LABEL_SIZE;
}

/** A copy of the stack as we send it: traffic class 0, S at the bottom only. */
export function canonicalStack(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const out = bytes.slice(start, end);
  for (let at = 2; at < out.length; at += LABEL_SIZE) out[at]! &= 0xf0;
  if (out.length > 0) out[out.length - 1]! |= BOTTOM;
  return out;
}

/** Octets of labels, the outermost first. */
export function packStack(labels: readonly number[]): Uint8Array {
  const out = new Uint8Array(labels.length * LABEL_SIZE);
  labels.forEach((label, i) => {
    out[i * LABEL_SIZE] = label >>> 12;
    out[i * LABEL_SIZE + 1] = label >>> 4;
    out[i * LABEL_SIZE + 2] = label << 4;
  });
  if (out.length > 0) out[out.length - 1]! |= BOTTOM;
  return out;
}

/** Reads `100` or `[ 100 200 ]`. @returns the labels @throws CommandError */
export function parseLabels(tokens: Tokens): number[] {
  const isList = tokens.accept('[');
  const labels: number[] = [];
  while (!isList || !tokens.accept(']')) {
    if (isList && tokens.accept(',')) continue;
    labels.push(tokens.number('a label', MAX_LABEL));
    if (!isList) break;
  }
  return labels;
}

/** The labels of a stack. */
function labelsOf(bytes: Uint8Array, start: number, end: number): number[] {
  const labels: number[] = [];
  for (let at = start; at < end; at += LABEL_SIZE) labels.push(readLabelField(bytes, at) >>> 4);
  return labels;
}

/** ` label 100`, ` label [ 100 200 ]`, "" for an empty stack */
export function printStack(bytes: Uint8Array, start: number, end: number): string {
  const labels = labelsOf(bytes, start, end);
  if (labels.length === 0) return '';
  return labels.length === 1 ? ` label ${labels[0]}` : ` label [ ${labels.join(' ')} ]`;
}

/** `[ [100], [200] ]` */
export function stackToJson(bytes: Uint8Array, start: number, end: number): string {
  return `[ ${labelsOf(bytes, start, end)
    .map((label) => `[${label}]`)
    .join(', ')} ]`;
}

/** `[ [100, 1600], [200, 3201] ]`: each label with the 24 bits of its field */
export function stackWithFieldsToJson(bytes: Uint8Array, start: number, end: number): string {
  const labels: string[] = [];
  for (let at = start; at < end; at += LABEL_SIZE) {
    const field = readLabelField(bytes, at);
    labels.push(`[${field >>> 4}, ${field}]`);
  }
  return `[ ${labels.join(', ')} ]`;
}
