import OmniTensor
import OmniTesting
import Testing

@Suite struct LogSumExpTests {
    @Test(arguments: [1, 7, 8, 9, 1000, 51_865])
    func isThatOfDoubles(count: Int) {
        var noise = Noise(seed: UInt64(count))
        let x = noise.floats(count, scale: 30)
        let largest = x.reduce(-.infinity, max)
        let sum = x.reduce(0.0) { $0 + ScalarMath.exp(Double($1) - Double(largest)) }
        #expect(abs(LogSumExp.value(of: x.span) - (Double(largest) + ScalarMath.log(sum))) < 1e-6)
        #expect(LogSumExp.largest(of: x.span) == largest)
        #expect(x.firstIndex(of: largest) == LogSumExp.indexOfLargest(of: x.span))
    }

    /// Suppressed tokens have a logit of minus infinity.
    @Test func minusInfinityAddsNothing() {
        var x = [Float](repeating: -.infinity, count: 100)
        #expect(LogSumExp.value(of: x.span) == -.infinity)
        #expect(LogSumExp.indexOfLargest(of: x.span) == 0)
        x[37] = 3
        #expect(abs(LogSumExp.value(of: x.span) - 3) < 1e-6)
        #expect(LogSumExp.indexOfLargest(of: x.span) == 37)
        x[90] = 3
        #expect(abs(LogSumExp.value(of: x.span) - 3 - ScalarMath.log(2.0)) < 1e-6)
        #expect(LogSumExp.indexOfLargest(of: x.span) == 37)
    }

    @Test func whatIsNoNumberIsNeverTheLargest() {
        let x: [Float] = [1, .nan, 5, .nan, 2, 0, 0, 0, 0, .nan]
        #expect(LogSumExp.largest(of: x.span) == 5)
        #expect(LogSumExp.indexOfLargest(of: x.span) == 2)
        #expect(LogSumExp.largest(of: [Float.nan].span) == -.infinity)
        #expect(LogSumExp.indexOfLargest(of: [Float]().span) == 0)
    }
}
