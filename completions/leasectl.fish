# fish completion for leasectl, printed by `leasectl completion fish`.

function __leasectl_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct | string unescape)
    set -q typed[1]; or set typed ''
    set -l program leasectl
    if test (string replace -r '.*/' '' -- $words[1]) = leasectl; and command -q -- $words[1]
        set program $words[1]
    end
    set -l lines (command $program __complete $words[2..-1] "$typed" 2>/dev/null </dev/null)
    set -q lines[1]; or return
    set -l directive (string replace -f -r '^:(\d+)$' '$1' -- $lines[-1])
    set -q directive[1]; or return
    set -e lines[-1]

    # A value behind `--flag=` is a part of its word.
    set -l before (string match -r -- '^-[^=]*=' $typed)
    if set -q lines[1]
        for line in $lines
            printf '%s\n' "$before$line"
        end
    else if test $directive -eq 0
        if set -l at (contains -i -- -- $words)
            # Somebody else's command line.
            complete -C (string join -- ' ' (string escape -- $words[(math $at + 1)..-1]) (commandline -ct))
        else
            set -l before (string match -r -- '^.*=' $typed)
            for file in (__fish_complete_path (string replace -r -- '^.*=' '' $typed))
                printf '%s\n' "$before$file"
            end
        end
    end
end

complete -c leasectl -e
complete -c leasectl -f -a '(__leasectl_complete)'
