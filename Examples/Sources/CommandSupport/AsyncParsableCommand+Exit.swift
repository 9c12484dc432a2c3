public import ArgumentParser

extension AsyncParsableCommand {
    /// Parses the arguments of the process and runs the command that they name. Ends the process with the ``ExitStatus`` of
    /// an error, which is reported in one line on standard error.
    public static func runWithExitStatus() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let error where ExitStatus(error) == nil {
            // Help, version and wrong usage are the parser's own; it knows what to print where.
            exit(withError: error)
        } catch {
            Console.report(error)
            exit(withError: ExitCode((ExitStatus(error) ?? .internalError).rawValue))
        }
    }
}
