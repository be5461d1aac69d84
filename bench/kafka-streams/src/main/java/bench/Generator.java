package bench;

import java.util.ArrayDeque;

/** The deterministic load; README.md has the algorithm in words. Call next() for event 0, 1, 2 ... */
final class Generator {
    /** 5,000 as README.md has it; -Dskus=100000 makes another load, for the memory that many keys take. */
    static final int SKUS = Integer.getInteger("skus", 5_000);
    static final int SEED = 20_260_101;
    static final long EPOCH = 1_767_225_600_000L;

    private record Order(String id, int quantity) {}

    private final ArrayDeque<Order>[] open;
    private int random = SEED;
    private int index;

    @SuppressWarnings({"unchecked", "rawtypes"})
    Generator() {
        open = new ArrayDeque[SKUS];
        for (int s = 0; s < SKUS; s++) open[s] = new ArrayDeque<>();
    }

    /** mulberry32, reduced modulo n as an unsigned number. */
    private int draw(int n) {
        random += 0x6D2B79F5;
        int t = (random ^ random >>> 15) * (1 | random);
        t = t + (t ^ t >>> 7) * (61 | t) ^ t;
        return Integer.remainderUnsigned(t ^ t >>> 14, n);
    }

    OrderLine next() {
        int i = index++;
        if (i < SKUS) return line(i, i, "", 20 + draw(41), Kind.COUNTED);
        int sku = draw(SKUS);
        int roll = draw(100);
        ArrayDeque<Order> orders = open[sku];
        if (roll < 8) return line(i, sku, "", 20 + draw(41), Kind.COUNTED);
        if (orders.size() > 20) {
            Order oldest = orders.removeFirst();
            return line(i, sku, oldest.id, oldest.quantity, Kind.CANCELLED);
        }
        if (roll < 10 && !orders.isEmpty()) { // the youngest order, delivered again
            Order youngest = orders.getLast();
            return line(i, sku, youngest.id, youngest.quantity, Kind.PLACED);
        }
        Order placed = new Order(String.format("o%09d", i), 1 + draw(3));
        orders.addLast(placed);
        return line(i, sku, placed.id, placed.quantity, Kind.PLACED);
    }

    private static OrderLine line(int i, int sku, String orderId, int quantity, Kind kind) {
        return new OrderLine(String.format("e%09d", i), orderId, String.format("SKU-%05d", sku), quantity, kind, EPOCH + i);
    }
}
