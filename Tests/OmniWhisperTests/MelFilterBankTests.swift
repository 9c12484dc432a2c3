import OmniTensor
import OmniTesting
import TestSupport
import Testing

@testable import OmniWhisper

@Suite struct MelFilterBankTests {
    struct Row: Decodable {
        var first: Int
        var weights: [Float]
    }

    @Test(arguments: [80, 128]) func equalsThePublishedFilters(binCount: Int) throws {
        let banks = try Fixture.json("whisper/mel_filters.json", as: [String: [Row]].self)
        let rows = try #require(banks["mel_\(binCount)"])
        var expected = Tensor<Float>(zeros: [binCount, 201])
        var span = expected.mutableSpan
        for (bin, row) in rows.enumerated() {
            for (offset, weight) in row.weights.enumerated() { span[bin * 201 + row.first + offset] = weight }
        }
        let found = MelFilterBank(binCount: binCount).matrix
        #expect(found.shape == expected.shape)
        #expect(Tolerance.largestDifference(found, expected) < 1e-7)
    }

    @Test(arguments: [1, 2, 40, 80, 128, 400, 1024]) func anyCountMakesTriangles(binCount: Int) {
        let bank = MelFilterBank(binCount: binCount)
        #expect(bank.runs.count == binCount + 1)
        #expect(bank.weights.allSatisfy { $0 > 0 && $0.isFinite })
        #expect(bank.runs.last?.start == bank.weights.count)
    }
}
