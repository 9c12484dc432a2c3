import ArgumentParser
import CommandSupport
import Foundation
import OmniCore
import OmniPipeline
import OmniTensor

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check that this machine and a model can work together.",
        discussion: "Exit status 1 when a check fails.")

    @OptionGroup var model: ModelOption
    @OptionGroup var engine: EngineOption

    @Flag(help: "Write JSON.")
    var json = false

    func run() async throws {
        let checkup = try Checkup(model: model.location, engine: engine.make(), plan: engine.plan)
        let findings = await checkup.findings()
        if json {
            try StandardOutput.write(json: findings)
        } else {
            for finding in findings {
                let mark = finding.isGood ? "ok  " : "FAIL"
                let subject = finding.subject.padding(toLength: 18, withPad: " ", startingAt: 0)
                try StandardOutput.write("\(mark)  \(subject)\(finding.remark.terminalSafeLine)\n")
            }
        }
        if !findings.allSatisfy(\.isGood) { throw ExitCode(ExitStatus.checkFailed.rawValue) }
    }
}
