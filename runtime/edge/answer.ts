/** How a refusal leaves the edge, whether the request became one of fastify's or not. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply } from 'fastify';
import { isFailure } from '../failure.ts';
import { headersTooLarge, mediaType, problemBody, problemOf, refused, timeout, tooLarge, type Problem } from './problem.ts';

export const send = (reply: FastifyReply, problem: Problem): FastifyReply => {
  if (problem.retryAfter !== undefined) void reply.header('retry-after', String(problem.retryAfter));
  // Whose request was not read to its end must not leave the rest for the next one.
  if ([408, 413, 415, 429].includes(problem.status)) void reply.header('connection', 'close');
  return reply.code(problem.status).type('application/problem+json').send(problemBody(problem));
};
export const problemOfAny = (error: FastifyError | Error): Problem => {
  const { code, statusCode } = error as Partial<FastifyError>;
  if (isFailure(error)) return problemOf(error);
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return tooLarge;
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return mediaType;
  return statusCode !== undefined && statusCode >= 400 && statusCode < 500 ? refused : problemOf(error);
};
/** What never became a request: headers too large, too slow, not HTTP. */
export const onClientError = (error: NodeJS.ErrnoException, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return;
  const problem =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? timeout : error.code === 'HPE_HEADER_OVERFLOW' ? headersTooLarge : refused;
  const body = problemBody(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\nconnection: close\r\n` +
      `content-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    () => socket.destroy(),
  );
};
