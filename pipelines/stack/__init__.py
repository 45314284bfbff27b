"""`make up`: PostgreSQL, the newspaper that ships and Airflow on one machine, and the first harvest.

Takes a folder for its data; gives running services, their addresses and their logs.
"""
