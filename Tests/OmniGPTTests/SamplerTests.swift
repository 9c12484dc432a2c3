import OmniCore
import OmniTensor
import OmniTesting
import TestSupport
import Testing

@testable import OmniGPT

/// Top-k, temperature, top-p, draw.
@Suite struct SamplerTests {
    struct Goldens: Decodable {
        struct Case: Decodable {
            let `case`: Int
            let logits_row: Int
            let temperature: Float
            let top_k: Int?
            let top_p: Float
            let greedy_argmax: Int?
            let nonzero: Int?
        }
        struct Tie: Decodable {
            let n: Int
            let tied: [Int]
            let chosen: Int
        }
        let cases: [Case]
        let ties_top_k_1: [Tie]
    }

    private func sampler(
        topK: Int? = nil, temperature: Float = 1, topP: Float = 1, seed: UInt64 = 0
    ) throws -> Sampler {
        try Sampler(GenerationOptions(topK: topK, temperature: temperature, topP: topP, seed: seed))
    }

    @Test func probabilitiesAreTheReferences() throws {
        let cases = try Fixture.json("helpers/sampling.json", as: Goldens.self).cases
        let golden = try Checkpoint(contentsOf: Fixture.url("helpers/sampling.safetensors"))
        let logits = try golden.floats("logits")
        #expect(cases.count == 60)
        for test in cases {
            var sampler = try sampler(topK: test.top_k, temperature: test.temperature, topP: test.top_p)
            let row = logits.rows(test.logits_row..<test.logits_row + 1)
            let found = sampler.probabilities(row.span)
            if let greedy = test.greedy_argmax {
                #expect(sampler.choose(row.span) == Int32(greedy))
            } else {
                let expected = try golden.floats("probs\(test.case)").scalars
                #expect(Tolerance.largestDifference(found, expected) < 1e-6, "case \(test.case)")
                #expect(found.filter { $0 > 0 }.count == test.nonzero, "case \(test.case)")
            }
        }
    }

    /// Below a few dozen logits PyTorch's top-k leaves ties in an order of its own; every real vocabulary is larger.
    @Test func ofEqualLogitsTheFirstWins() throws {
        let ties = try Fixture.json("helpers/sampling.json", as: Goldens.self).ties_top_k_1.filter { $0.n >= 64 }
        #expect(ties.count > 15)
        for tie in ties {
            var logits = [Float](repeating: -1, count: tie.n)
            for index in tie.tied { logits[index] = 2 }
            var sampler = try sampler(topK: 1, temperature: 0.9)
            #expect(sampler.choose(logits.span) == Int32(tie.chosen))
        }
    }

    @Test(arguments: [(nil, Float(1)), (5, 1), (nil, 0.7), (9, 0.8)] as [(Int?, Float)])
    func drawsFollowTheProbabilities(topK: Int?, topP: Float) throws {
        var noise = Noise(seed: 3)
        let logits = noise.floats(40, scale: 3)
        var sampler = try sampler(topK: topK, temperature: 0.8, topP: topP, seed: 21)
        let expected = sampler.probabilities(logits.span)
        let drawCount = 20_000
        var counts = [Int](repeating: 0, count: logits.count)
        for _ in 0..<drawCount { counts[Int(sampler.choose(logits.span))] += 1 }
        for (count, probability) in zip(counts, expected) {
            // Five standard deviations.
            let deviation = (Double(probability) * Double(1 - probability) * Double(drawCount)).squareRoot()
            #expect(abs(Double(count) - Double(probability) * Double(drawCount)) <= 5 * deviation)
        }
    }

    @Test func equalSeedsChooseEqualTokens() throws {
        var noise = Noise(seed: 5)
        let logits = (0..<200).map { _ in noise.floats(300, scale: 2) }
        func tokens(seed: UInt64) throws -> [Int32] {
            var sampler = try sampler(topK: 50, temperature: 1.2, topP: 0.95, seed: seed)
            return logits.map { sampler.choose($0.span) }
        }
        #expect(try tokens(seed: 1) == tokens(seed: 1))
        #expect(try tokens(seed: 1) != tokens(seed: 2))
    }

    /// Weights that went wrong give no numbers; a token comes out all the same.
    @Test(arguments: [nil, 1, 3] as [Int?], [1, 0.5] as [Float])
    func logitsThatAreNoNumbers(topK: Int?, topP: Float) throws {
        var sampler = try sampler(topK: topK, temperature: 0.7, topP: topP)
        for value in [Float.nan, .infinity, -.infinity, .greatestFiniteMagnitude] {
            #expect((0..<8).contains(sampler.choose([Float](repeating: value, count: 8).span)))
            var some = [Float](repeating: value, count: 8)
            some[5] = 1
            #expect((0..<8).contains(sampler.choose(some.span)))
        }
        let ordinary = [Float.nan, 3, .nan, 1]
        #expect([1, 3].contains(sampler.choose(ordinary.span)))
    }

    @Test func optionsWithoutMeaning() {
        for options in [
            GenerationOptions(topK: 0), GenerationOptions(topK: -1), GenerationOptions(temperature: -0.1),
            GenerationOptions(temperature: .nan), GenerationOptions(temperature: .infinity),
            GenerationOptions(topP: -0.1), GenerationOptions(topP: 1.1), GenerationOptions(topP: .nan),
        ] {
            #expect {
                try Sampler(options)
            } throws: { error in
                guard case .invalidOptions? = error as? OmniGPTError else { return false }
                return true
            }
        }
    }
}
