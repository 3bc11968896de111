/* SPDX-License-Identifier: Apache-2.0
 *
 * Queues of records between processes, as io.futex.shared.SharedQueue has them, for C and C++. It goes with
 * futex_sync.h, which sleeps and wakes. A queue lies in a region: map the file, and find the slot by its offset. In a
 * file that SharedQueue.create has made that is byte 128.
 *
 *     futex_queue_user user;
 *     futex_queue_join(&user, (char *)region + 128);                         once a process; in the end, leave
 *
 *     int64_t p = futex_queue_claim_until(&user, FUTEX_FOREVER);             a producer
 *     write(futex_queue_record(&user, p));
 *     futex_queue_commit(&user, p);                                          or futex_queue_abandon
 *
 *     int64_t p = futex_queue_take_until(&user, FUTEX_FOREVER);              a consumer
 *     handle(futex_queue_record(&user, p));
 *     futex_queue_release(&user, p);
 *
 * Records come out in the order in which they were claimed, each to one consumer. What is a position below zero, is
 * one of FUTEX_QUEUE_NONE and its like. Linux only: who has died is known by /proc. The tables of docs/layouts.md say
 * the same in words.
 */
#ifndef FUTEX_QUEUE_H
#define FUTEX_QUEUE_H

#include "futex_sync.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FUTEX_QUEUE_USERS 64

/* Where those sleep who have found nothing. */
typedef struct futex_queue_waits {
    uint32_t turn; /* of kind 1 a doorbell; of kind 2 it is counted up before a wake, and slept on */
    uint32_t unused;
    uint64_t sleepers; /* of kind 2: how many sleep in the lower half, and the round in the upper one */
    uint64_t unused_room[6];
} futex_queue_waits;

FUTEX_SYNC_SIZE(futex_queue_waits, 64, 8);
FUTEX_SYNC_OFFSET(futex_queue_waits, sleepers, 8);

typedef struct futex_queue {
    uint32_t kind; /* 1: one thread at a time at each end; 2: several */
    uint32_t capacity;
    uint32_t record_bytes;
    uint32_t unused[13];
    uint64_t tail; /* the position that is claimed next; with the uppermost bit it is shut down, and stays so */
    uint64_t unused_tail[7];
    uint64_t head; /* the position that is taken next */
    uint64_t unused_head[7];
    futex_queue_waits items; /* where consumers sleep */
    futex_queue_waits room;  /* where producers do */
    struct {
        uint64_t process; /* its id in the upper half, and the lower half of its start, field 22 of proc_pid_stat(5) */
        uint64_t pid_namespace; /* its inode; 0: comes or goes */
    } users[FUTEX_QUEUE_USERS]; /* who has number 1, 2 and so on */
    /* the slots: each a long, and the record, filled up to a multiple of 8 */
} futex_queue;

FUTEX_SYNC_SIZE(futex_queue, 1344, 8);
FUTEX_SYNC_OFFSET(futex_queue, kind, 0);
FUTEX_SYNC_OFFSET(futex_queue, capacity, 4);
FUTEX_SYNC_OFFSET(futex_queue, record_bytes, 8);
FUTEX_SYNC_OFFSET(futex_queue, tail, 64);
FUTEX_SYNC_OFFSET(futex_queue, head, 128);
FUTEX_SYNC_OFFSET(futex_queue, items, 192);
FUTEX_SYNC_OFFSET(futex_queue, room, 256);
FUTEX_SYNC_OFFSET(futex_queue, users, 320);

#define FUTEX_QUEUE_SHUT_BIT (UINT64_C(1) << 63)

/* The long of a slot: four times the lap and one of these, above 16 bits with the number of who has claimed or taken. */
enum { FUTEX_QUEUE_FREE, FUTEX_QUEUE_CLAIMED, FUTEX_QUEUE_FULL, FUTEX_QUEUE_TAKEN, FUTEX_QUEUE_PHASES };

enum {
    FUTEX_QUEUE_NONE = -1,    /* the time is over */
    FUTEX_QUEUE_SHUT = -2,    /* it is shut down, and has been drained */
    FUTEX_QUEUE_DAMAGED = -3  /* what the next slot holds, no queue has written */
};

/* Whoever sleeps looks for itself this often: who should have woken it may have been killed. */
#define FUTEX_QUEUE_PATIENCE INT64_C(100000000)

typedef struct futex_queue_user {
    futex_queue *queue;
    uint32_t number;
} futex_queue_user;

/* One end of it. */
typedef struct futex_queue_end {
    futex_queue *queue;
    uint64_t *position;
    futex_queue_waits *waits;
    uint32_t wants;
} futex_queue_end;

static inline futex_queue_end futex_queue_producers(futex_queue *queue) {
    futex_queue_end end = {queue, &queue->tail, &queue->room, FUTEX_QUEUE_FREE};
    return end;
}

static inline futex_queue_end futex_queue_consumers(futex_queue *queue) {
    futex_queue_end end = {queue, &queue->head, &queue->items, FUTEX_QUEUE_FULL};
    return end;
}

static inline uint64_t *futex_queue_slot(futex_queue *queue, uint64_t position) {
    uint64_t stride = (8 + (uint64_t)queue->record_bytes + 7) & ~UINT64_C(7);
    return (uint64_t *)(void *)((char *)(queue + 1) + position % queue->capacity * stride);
}

static inline uint64_t futex_queue_wanted(const futex_queue_end *end, uint64_t position) {
    return position / end->queue->capacity * FUTEX_QUEUE_PHASES + end->wants;
}

static inline uint64_t futex_queue_position(const uint64_t *position) {
    return futex_sync_load64(position) & ~FUTEX_QUEUE_SHUT_BIT;
}

/* ------------------------------------------------------------------------------------------------- who is who */

/* 0 if it has ended, 1 if there is no telling. */
static inline uint64_t futex_queue_process(uint64_t pid) {
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%llu/stat", (unsigned long long)pid);
    FILE *file = fopen(path, "r");
    if (!file) {
        FILE *init = errno == ENOENT ? fopen("/proc/1/stat", "r") : NULL; /* or is /proc mounted with hidepid? */
        if (init) {
            fclose(init);
        }
        return init ? 0 : 1;
    }
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = 0;
    char *field = strrchr(text, ')'); /* the name may hold anything */
    if (!field || !field[1]) {
        return 1;
    }
    char state = field[2];
    unsigned long long threads = 0, start = 0;
    int number = 2;
    for (field = strchr(field, ' '); field; field = strchr(field + 1, ' ')) {
        number++;
        if (number == 20) {
            threads = strtoull(field + 1, NULL, 10);
        } else if (number == 22) {
            start = strtoull(field + 1, NULL, 10);
            break;
        }
    }
    bool ended = (state == 'Z' || state == 'X') && threads <= 1; /* the first thread may end before the others */
    return ended ? 0 : pid << 32 | (start & UINT32_MAX);
}

static inline uint64_t futex_queue_namespace(void) {
    struct stat found;
    return stat("/proc/self/ns/pid", &found) == 0 ? (uint64_t)found.st_ino : 0;
}

static inline bool futex_queue_is_dead(futex_queue *queue, uint64_t number) {
    if (number < 1 || number > FUTEX_QUEUE_USERS) {
        return false;
    }
    uint64_t process = futex_sync_load64(&queue->users[number - 1].process);
    if (process == 0) {
        return true; /* nobody's: a thread of one that was leaving had taken a slot, and was killed */
    }
    if (futex_sync_load64(&queue->users[number - 1].pid_namespace) != futex_queue_namespace()) {
        return false;
    }
    uint64_t now = futex_queue_process(process >> 32);
    return now != 1 && now != process;
}

/* ----------------------------------------------------------------------------------------------- sleeps and wakes */

static inline bool futex_queue_is_over(const futex_queue_end *end) {
    return (futex_sync_load64(&end->queue->tail) & FUTEX_QUEUE_SHUT_BIT)
           && (end->wants == FUTEX_QUEUE_FREE
               || futex_queue_position(&end->queue->head) >= futex_queue_position(&end->queue->tail));
}

static inline bool futex_queue_is_ready(void *argument) {
    const futex_queue_end *end = (const futex_queue_end *)argument;
    uint64_t position = futex_queue_position(end->position);
    return futex_sync_load64(futex_queue_slot(end->queue, position)) >> 16 >= futex_queue_wanted(end, position)
           || futex_queue_is_over(end);
}

static inline void futex_queue_signal(futex_queue *queue, futex_queue_waits *waits, int count) {
    if (queue->kind == 1) {
        futex_doorbell_ring((futex_doorbell *)(void *)&waits->turn);
        return;
    }
    uint64_t sleepers = futex_sync_load64(&waits->sleepers);
    if ((uint32_t)sleepers != 0) {
        futex_sync_add(&waits->turn, 1);
        /* Nobody was there: who was killed in its sleep is counted for ever. So nobody is counted, in a new round; who
           sleeps after all is woken, and counts itself anew. */
        if (futex_sync_wake(&waits->turn, count) == 0
            && futex_sync_cas64(&waits->sleepers, &sleepers, ((sleepers >> 32) + 1) << 32)) {
            futex_sync_add(&waits->turn, 1);
            futex_sync_wake(&waits->turn, FUTEX_SYNC_ALL);
        }
    }
}

static inline void futex_queue_signal_both(futex_queue *queue, int count) {
    futex_queue_signal(queue, &queue->items, count);
    futex_queue_signal(queue, &queue->room, count);
}

/* Something was taken, or the end was seen, and others may have to be told of what is next. */
static inline void futex_queue_pass_on(futex_queue_end *end) {
    if (end->queue->kind == 2 && (uint32_t)futex_sync_load64(&end->waits->sleepers) != 0 && futex_queue_is_ready(end)) {
        futex_queue_signal(end->queue, end->waits, 1);
    }
}

/* The round. */
static inline uint64_t futex_queue_count(futex_queue_waits *waits) {
    uint64_t sleepers = futex_sync_load64(&waits->sleepers);
    while (!futex_sync_cas64(&waits->sleepers, &sleepers, sleepers + 1)) {
    }
    return sleepers >> 32;
}

/* Whether it is ready. */
static inline bool futex_queue_sleep(futex_queue_end *end, int64_t deadline) {
    if (end->queue->kind == 1) {
        return futex_doorbell_wait_until((futex_doorbell *)(void *)&end->waits->turn, futex_queue_is_ready, end, deadline)
               == FUTEX_DONE;
    }
    futex_queue_waits *waits = end->waits;
    /* Before the question, as the change of a slot comes before the look at it. */
    uint64_t round = futex_queue_count(waits);
    bool ready = false;
    for (enum futex_result over = FUTEX_DONE;;) {
        uint32_t turn = futex_sync_load(&waits->turn); /* before the look at the round, which is begun before it */
        if (futex_sync_load64(&waits->sleepers) >> 32 != round) {
            round = futex_queue_count(waits);
            continue;
        }
        ready = futex_queue_is_ready(end);
        if (ready || over != FUTEX_DONE) {
            break;
        }
        over = futex_sync_sleep(&waits->turn, turn, deadline);
    }
    uint64_t sleepers = futex_sync_load64(&waits->sleepers);
    while (sleepers >> 32 == round && !futex_sync_cas64(&waits->sleepers, &sleepers, sleepers - 1)) {
    }
    return ready;
}

/* ------------------------------------------------------------------------------------------------------- the steps */

/* Free for the next lap. */
static inline bool futex_queue_pass_over(uint64_t *slot, uint64_t found) {
    return futex_sync_cas64(slot, &found, ((found >> 16 | 3) + 1) << 16);
}

/* Whether a queue may have written this. */
static inline bool futex_queue_is_whole(uint64_t found) {
    uint64_t number = found & 0xFFFF;
    return found >> 16 & 1 ? number >= 1 && number <= FUTEX_QUEUE_USERS : number == 0;
}

static inline void futex_queue_recover(futex_queue *queue, uint64_t position) {
    uint64_t *slot = futex_queue_slot(queue, position), found = futex_sync_load64(slot);
    if ((found >> 16 & 1) && futex_queue_is_dead(queue, found & 0xFFFF) && futex_queue_pass_over(slot, found)) {
        futex_queue_signal_both(queue, 1);
    }
}

static inline bool futex_queue_finish(const futex_queue_user *user, const futex_queue_end *end, int64_t position,
                                      uint64_t phases) {
    uint64_t wanted = futex_queue_wanted(end, (uint64_t)position), mine = (wanted + 1) << 16 | user->number;
    return position >= 0
           && futex_sync_cas64(futex_queue_slot(end->queue, (uint64_t)position), &mine, (wanted + phases) << 16);
}

/* Others that sleep were perhaps not woken, since there was something to come when the queue was shut down. */
static inline int64_t futex_queue_over(futex_queue_end *end) {
    futex_queue_pass_on(end);
    return FUTEX_QUEUE_SHUT;
}

static inline int64_t futex_queue_try(const futex_queue_user *user, futex_queue_end *end) {
    for (;;) {
        uint64_t position = futex_sync_load64(end->position), next = position;
        if (position & FUTEX_QUEUE_SHUT_BIT) {
            return futex_queue_over(end);
        }
        uint64_t *slot = futex_queue_slot(end->queue, position), found = futex_sync_load64(slot);
        uint64_t wanted = futex_queue_wanted(end, position);
        if (found == wanted << 16) {
            if (futex_sync_cas64(slot, &found, (wanted + 1) << 16 | user->number)) {
                if (!futex_sync_cas64(end->position, &next, position + 1)
                    && futex_queue_position(end->position) <= position) { /* shut down, not counted up by another */
                    futex_queue_finish(user, end, (int64_t)position, FUTEX_QUEUE_PHASES);
                    return futex_queue_over(end);
                }
                futex_queue_pass_on(end);
                return (int64_t)position;
            }
        } else if (found >> 16 > wanted
                   && found >> 16 <= (futex_queue_position(&end->queue->tail) / end->queue->capacity + 1)
                                         * FUTEX_QUEUE_PHASES) {
            futex_sync_cas64(end->position, &next, position + 1);
        } else if (found >> 16 < wanted && (found >> 16) + 3 >= wanted && futex_queue_is_whole(found)) {
            return futex_queue_is_over(end) ? futex_queue_over(end) : (int64_t)FUTEX_QUEUE_NONE;
        } else if (futex_queue_position(end->position) == position) {
            return FUTEX_QUEUE_DAMAGED;
        }
    }
}

static inline int64_t futex_queue_next(const futex_queue_user *user, futex_queue_end end, int64_t deadline) {
    for (int64_t patience = FUTEX_QUEUE_PATIENCE;;) {
        int64_t position = futex_queue_try(user, &end), now = futex_now();
        if (position != FUTEX_QUEUE_NONE || (deadline != FUTEX_FOREVER && now >= deadline)) {
            return position;
        }
        int64_t look = now + patience;
        if (!futex_queue_sleep(&end, deadline < look ? deadline : look)) {
            futex_queue_recover(end.queue, futex_queue_position(end.position));
            patience *= patience < 16 * FUTEX_QUEUE_PATIENCE ? 2 : 1;
        }
    }
}

/* ------------------------------------------------------------------------------------------------------ for callers */

static inline void futex_queue_sweep(futex_queue *queue, uint32_t number) {
    for (uint64_t i = 0; i < queue->capacity; i++) {
        uint64_t *slot = futex_queue_slot(queue, i), found = futex_sync_load64(slot);
        if ((found >> 16 & 1) && (found & 0xFFFF) == number) {
            futex_queue_pass_over(slot, found);
        }
    }
    futex_queue_signal_both(queue, 1);
}

/* Whether there was a place for one more. */
static inline bool futex_queue_join(futex_queue_user *user, void *memory) {
    user->queue = (futex_queue *)memory;
    uint64_t self = futex_queue_process((uint64_t)getpid());
    for (uint32_t i = 0; i < FUTEX_QUEUE_USERS; i++) {
        uint64_t nobody = 0;
        if (futex_sync_cas64(&user->queue->users[i].process, &nobody, self)) {
            __atomic_store_n(&user->queue->users[i].pid_namespace, futex_queue_namespace(), __ATOMIC_SEQ_CST);
            user->number = i + 1;
            return true;
        }
    }
    for (uint32_t i = 0; i < FUTEX_QUEUE_USERS; i++) {
        uint64_t dead = futex_sync_load64(&user->queue->users[i].process);
        if (dead != 0 && futex_queue_is_dead(user->queue, i + 1)
            && futex_sync_cas64(&user->queue->users[i].process, &dead, self)) {
            futex_queue_sweep(user->queue, i + 1); /* not before: another one may have the number by then */
            user->number = i + 1;
            return true;
        }
    }
    return false;
}

/* What it has claimed is abandoned, what it has taken is released. */
static inline void futex_queue_leave(futex_queue_user *user) {
    futex_queue_sweep(user->queue, user->number);
    __atomic_store_n(&user->queue->users[user->number - 1].pid_namespace, 0, __ATOMIC_SEQ_CST);
    __atomic_store_n(&user->queue->users[user->number - 1].process, 0, __ATOMIC_SEQ_CST);
}

static inline int64_t futex_queue_claim_until(const futex_queue_user *user, int64_t deadline) {
    return futex_queue_next(user, futex_queue_producers(user->queue), deadline);
}

static inline int64_t futex_queue_take_until(const futex_queue_user *user, int64_t deadline) {
    return futex_queue_next(user, futex_queue_consumers(user->queue), deadline);
}

static inline void *futex_queue_record(const futex_queue_user *user, int64_t position) {
    return futex_queue_slot(user->queue, (uint64_t)position) + 1;
}

/* False if it was not claimed by this user, and likewise below. */
static inline bool futex_queue_commit(const futex_queue_user *user, int64_t position) {
    futex_queue_end end = futex_queue_producers(user->queue);
    if (!futex_queue_finish(user, &end, position, FUTEX_QUEUE_FULL)) {
        return false;
    }
    futex_queue_signal(user->queue, &user->queue->items, 1);
    return true;
}

static inline bool futex_queue_abandon(const futex_queue_user *user, int64_t position) {
    futex_queue_end end = futex_queue_producers(user->queue);
    if (!futex_queue_finish(user, &end, position, FUTEX_QUEUE_PHASES)) {
        return false;
    }
    futex_queue_signal_both(user->queue, 1);
    return true;
}

static inline bool futex_queue_release(const futex_queue_user *user, int64_t position) {
    futex_queue_end end = futex_queue_consumers(user->queue);
    if (!futex_queue_finish(user, &end, position, FUTEX_QUEUE_FULL)) {
        return false;
    }
    futex_queue_signal(user->queue, &user->queue->room, 1);
    return true;
}

/* Nothing more is claimed; what was claimed by now is taken, and then takes end as well. */
static inline void futex_queue_shut_down(futex_queue *queue) {
    __atomic_fetch_or(&queue->tail, FUTEX_QUEUE_SHUT_BIT, __ATOMIC_SEQ_CST);
    futex_queue_signal_both(queue, FUTEX_SYNC_ALL);
}

#endif
