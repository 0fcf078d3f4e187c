"""What operators must know before their editors do (pure).

``causes`` what is wrong with a source and what to do, in plain words · ``incidents`` when a
source's failing begins and ends · ``alarms`` what operators are woken for · ``forecast`` how large
the database becomes · ``limits`` where all of that begins.
"""
