/* SPDX-License-Identifier: MIT */
/* logitkit for engines in C, or in C++ before 20: compile logitkit_c.cpp, as C++20, into them.
 *
 * A request is a list of parameters by their usual names, "top_p", "repeat_penalty", "seed": see
 * include/logitkit/presets/request.hpp. The tokens are those of the C++ interface. Nothing is
 * thrown across this border: what goes wrong is a null pointer with sentences, or a status. There
 * may be any number of handles, each used by one thread at a time; those of a thread share its
 * scratch memory. */
#ifndef LOGITKIT_C_API
#define LOGITKIT_C_API

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum logitkit_kind {
  LOGITKIT_NUMBER,    /* number, whole or not */
  LOGITKIT_FLAG,      /* number, 0 being false */
  LOGITKIT_TOKENS,    /* tokens, count of them */
  LOGITKIT_BIASES,    /* tokens and biases, count of each */
  LOGITKIT_SEQUENCES, /* lengths, count of them, and behind one another their tokens */
} logitkit_kind;

/* {.name = "temperature", .number = 0.8}, and what else its kind needs. */
typedef struct logitkit_parameter {
  const char* name;
  double number;
  logitkit_kind kind;
  const int32_t* tokens;
  const double* biases;
  const size_t* lengths;
  size_t count;
} logitkit_parameter;

typedef struct logitkit_request {
  const logitkit_parameter* parameters;
  size_t parameter_count;
  const int32_t* prompt; /* one token at least */
  size_t prompt_size;
} logitkit_request;

/* --- One sequence, drawn; the best token each time where the temperature is 0 --- */

typedef struct logitkit_session logitkit_session;

/* Null if the request is refused: `error` then has a line for each complaint, cut to its size. */
logitkit_session* logitkit_start(const logitkit_request* request, char* error, size_t error_size);
/* A copy, that goes on by itself; null for want of memory. */
logitkit_session* logitkit_fork(const logitkit_session* session);
void logitkit_end(logitkit_session* session);

/* The token that comes next by this row, or a status, which is negative. Changes nothing. */
int32_t logitkit_next(const logitkit_session* session, const float* logits, size_t vocabulary);
/* Commits a token, that one or any other. 0: the sequence goes on; else a reason, or a status. */
int logitkit_accept(logitkit_session* session, int32_t token);
/* Takes the last n generated tokens back. 0, or a status. */
int logitkit_rollback(logitkit_session* session, size_t n);

/* "end_token"; "not_a_number". */
const char* logitkit_reason_text(int reason);
const char* logitkit_status_text(int status);

/* --- Beam search --- */

typedef struct logitkit_beams logitkit_beams;

logitkit_beams* logitkit_beams_start(const logitkit_request* request, size_t beams,
                                     double length_penalty, char* error, size_t error_size);
void logitkit_beams_end(logitkit_beams* search);

/* Reads [rows x vocabulary] logits: the prompt's row at first, then those of all live beams.
 * Returns how many live on, 0 when the search is over. Row r continues with tokens[r] what was row
 * parents[r]. Both are valid until the next step. */
size_t logitkit_beams_step(logitkit_beams* search, const float* logits, size_t vocabulary,
                           const int32_t** tokens, const size_t** parents);
/* When it is over: result i, best first. Returns how many tokens it has, valid as long as the
 * search; 0: there is no such result. `score` may be null. */
size_t logitkit_beams_result(const logitkit_beams* search, size_t i, const int32_t** tokens,
                             double* score);
/* 0, or the status that has ended the search. */
int logitkit_beams_status(const logitkit_beams* search);

#ifdef __cplusplus
}
#endif

#endif
