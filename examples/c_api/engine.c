/* SPDX-License-Identifier: MIT */
/* An engine in C: it owns the model, its cache and the loop, and asks logitkit for tokens. */
#include "logitkit.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { vocabulary = 50, most_beams = 3, most_text = 64 };

/* Stands for a network: one word of cache a row, from which the logits follow. */
static uint32_t read_token(uint32_t cache, int32_t token) {
  return cache * 31 + (uint32_t)token + 7;
}
static void forward(uint32_t cache, float* logits) {
  for (uint32_t i = 0; i < vocabulary; ++i)
    logits[i] = (float)((cache ^ (cache >> 5)) * (i + 3) % 101) / 16;
}

static void print_tokens(const char* name, const int32_t* tokens, size_t count) {
  printf("%s", name);
  for (size_t i = 0; i < count; ++i) printf(" %d", (int)tokens[i]);
  printf("\n");
}

static void draw(const logitkit_request* request) {
  char why[512];
  logitkit_session* session = logitkit_start(request, why, sizeof why);
  if (session == NULL) {
    printf("refused\n%s\n", why);
    return;
  }
  uint32_t cache = 0;
  for (size_t i = 0; i < request->prompt_size; ++i) cache = read_token(cache, request->prompt[i]);
  int32_t text[most_text];
  size_t count = 0;
  int reason = 0;
  while (reason == 0 && count < most_text) {
    float logits[vocabulary];
    forward(cache, logits);
    const int32_t token = logitkit_next(session, logits, vocabulary);
    if (token < 0) {
      printf("%s\n", logitkit_status_text(token));
      break;
    }
    reason = logitkit_accept(session, token);
    cache = read_token(cache, token);
    text[count++] = token;
  }
  print_tokens(logitkit_reason_text(reason), text, count);
  logitkit_end(session);
}

static void search(const logitkit_request* request) {
  char why[512];
  logitkit_beams* beams = logitkit_beams_start(request, most_beams, 1.0, why, sizeof why);
  if (beams == NULL) {
    printf("refused\n%s\n", why);
    return;
  }
  uint32_t cache[most_beams] = {0};
  for (size_t i = 0; i < request->prompt_size; ++i)
    cache[0] = read_token(cache[0], request->prompt[i]);
  for (size_t live = 1; live > 0;) {
    float logits[most_beams][vocabulary];
    for (size_t r = 0; r < live; ++r) forward(cache[r], logits[r]);
    const int32_t* tokens;
    const size_t* parents;
    live = logitkit_beams_step(beams, logits[0], vocabulary, &tokens, &parents);

    uint32_t next[most_beams];
    for (size_t r = 0; r < live; ++r) next[r] = read_token(cache[parents[r]], tokens[r]);
    memcpy(cache, next, live * sizeof *next);
  }
  const int32_t* tokens;
  double score;
  for (size_t i = 0, count; (count = logitkit_beams_result(beams, i, &tokens, &score)) > 0; ++i) {
    char name[32];
    snprintf(name, sizeof name, "beam %.4f:", score);
    print_tokens(name, tokens, count);
  }
  logitkit_beams_end(beams);
}

int main(void) {
  const int32_t prompt[] = {1, 2, 3}, ends[] = {0}, names[] = {7, 9};
  const double biases[] = {-100, 2.5};
  const logitkit_parameter parameters[] = {
      {.name = "temperature", .number = 0.8},
      {.name = "top_k", .number = 40},
      {.name = "top_p", .number = 0.95},
      {.name = "repeat_penalty", .number = 1.2},
      {.name = "logit_bias",
       .kind = LOGITKIT_BIASES,
       .tokens = names,
       .biases = biases,
       .count = 2},
      {.name = "eos_token_id", .kind = LOGITKIT_TOKENS, .tokens = ends, .count = 1},
      {.name = "max_tokens", .number = 12},
      {.name = "seed", .number = 42},
  };
  const logitkit_request request = {parameters, sizeof parameters / sizeof *parameters, prompt, 3};
  draw(&request);
  search(&request);

  const logitkit_parameter wrong[] = {{.name = "temprature", .number = 0.7},
                                      {.name = "top_k", .number = 0.5}};
  const logitkit_request refused = {wrong, 2, prompt, 3};
  draw(&refused);
  return 0;
}
// > max_new_tokens 33 34 12 35 9 5 23 41 18 12 27 36
// > beam -2.1020: 9 9 46 13 9 4 26 9 24 42 9 43
// > beam -2.1085: 9 9 46 13 9 4 26 9 24 42 9 17
// > beam -2.1150: 9 9 46 13 9 4 26 9 24 42 9 16
// > refused
// > top_k must be a whole number, got 0.5
// > unknown parameter 'temprature'
