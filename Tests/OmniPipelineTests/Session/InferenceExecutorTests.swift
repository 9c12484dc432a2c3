import Foundation
import Testing

@testable import OmniPipeline

@Suite struct InferenceExecutorTests {
    @Test func runsTasksOnItsOwnThread() async throws {
        let executor = InferenceExecutor(name: "omni.test")
        let names = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<20 {
                group.addTask(executorPreference: executor) {
                    await Task.yield()
                    return threadName()
                }
            }
            return await group.reduce(into: Set<String?>()) { $0.insert($1) }
        }
        #expect(names == ["omni.test"])
    }

    @Test func theThreadGoesAndComesBack() async throws {
        let executor = InferenceExecutor(name: "omni.test", idleSeconds: 0.001)
        for _ in 0..<50 {
            let name = await Task(executorPreference: executor) { threadName() }.value
            #expect(name == "omni.test")
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}

/// Not to be asked for in an asynchronous context, as such code may change threads; that it does not is the point here.
private func threadName() -> String? { Thread.current.name }
