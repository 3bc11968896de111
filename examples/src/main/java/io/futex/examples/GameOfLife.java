package io.futex.examples;

import io.futex.sync.Barrier;
import io.futex.sync.WaitGroup;
import java.util.concurrent.BrokenBarrierException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Conway's game of life, whose rows threads share among themselves. A barrier keeps them in step: nobody reads a
/// generation before all of its rows are there, and one of them, the leader, turns the page.
public final class GameOfLife {
    private final Barrier barrier;
    private final int threads;

    // Plain: the barrier orders all of it.
    private boolean[][] now;
    private boolean[][] next;

    /// @param board a line for each row, `#` for each cell that lives; its edges are joined
    /// @param threads how many work on it
    public GameOfLife(String board, int threads) {
        this.threads = threads;
        this.barrier = new Barrier(threads);
        this.now = board.lines().map(GameOfLife::row).toArray(boolean[][]::new);
        this.next = new boolean[now.length][now[0].length];
    }

    /// Lets a glider cross the board once, and prints where it is.
    ///
    /// @param args none
    public static void main(String[] args) throws InterruptedException {
        GameOfLife game = new GameOfLife("""
                .#......
                ..#.....
                ###.....
                ........
                ........
                ........
                ........
                ........
                """, 3);
        game.play(12);
        System.out.print(game);
    }

    /// Goes on for so many generations.
    public void play(int generations) throws InterruptedException {
        WaitGroup group = new WaitGroup();
        for (int i = 0; i < threads; i++) {
            int first = i;
            group.go(Thread.ofPlatform()::start, () -> {
                try {
                    work(first, generations);
                } catch (BrokenBarrierException e) {
                    throw new IllegalStateException(e); // nobody gives up here
                }
            });
        }
        group.await();
    }

    private void work(int first, int generations) throws BrokenBarrierException {
        for (int generation = 0; generation < generations; generation++) {
            for (int row = first; row < now.length; row += threads) {
                for (int column = 0; column < now[row].length; column++) {
                    next[row][column] = lives(row, column);
                }
            }
            if (barrier.awaitUninterruptibly() == 0) { // all rows are done: one thread alone
                boolean[][] old = now;
                now = next;
                next = old;
            }
            barrier.awaitUninterruptibly(); // the page is turned
        }
    }

    private boolean lives(int row, int column) {
        int neighbours = 0;
        for (int i = -1; i <= 1; i++) {
            for (int k = -1; k <= 1; k++) {
                boolean[] cells = now[Math.floorMod(row + i, now.length)];
                if ((i != 0 || k != 0) && cells[Math.floorMod(column + k, cells.length)]) {
                    neighbours++;
                }
            }
        }
        return neighbours == 3 || (neighbours == 2 && now[row][column]);
    }

    private static boolean[] row(String line) {
        boolean[] cells = new boolean[line.length()];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = line.charAt(i) == '#';
        }
        return cells;
    }

    /// The board, while nobody plays.
    @Override
    public String toString() {
        return Stream.of(now).map(GameOfLife::line).collect(Collectors.joining());
    }

    private static String line(boolean[] cells) {
        StringBuilder line = new StringBuilder();
        for (boolean cell : cells) {
            line.append(cell ? '#' : '.');
        }
        return line.append('\n').toString();
    }
}
