/** The conversation as plain text, to copy or print. */
import type { Conversation } from "../conversation";
import * as words from "./words/en";

export const transcript = ({ turns, waiting }: Conversation) =>
  [
    `${words.printed}, ${CLINIC.phone}\n${new Date().toLocaleString()}`,
    ...[...turns, ...waiting.map((message) => ({ ...message, replies: [] }))].flatMap(({ text, replies }) => [
      ...(text ? [`${words.you}:\n${text}`] : []),
      ...replies.map((reply) => `${words.assistant}:\n${reply.text}`),
    ]),
  ].join("\n\n");
